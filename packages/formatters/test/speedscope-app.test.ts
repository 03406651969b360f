import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formats, type FormatName } from "@pyspy/formatters";
import { chromiumPath, launchChromium, temporaryFolder } from "./chromium.ts";
import { sampleProfile } from "./sample-profile.ts";

const app = pathToFileURL(createRequire(import.meta.url).resolve("speedscope/dist/release/index.html"));

interface Opened {
  /** What the app said of the file, but for the graphics driver's complaints. */
  readonly messages: string[];
  readonly requests: string[];
  /** Rows of the list of profiles: number, name, total. */
  readonly profiles: string[][];
  /** Rows of the first profile's Sandwich table, total and self and name, sorted. */
  readonly functions: string[][];
}

describe.skipIf(chromiumPath === undefined)("speedscope's own app [needs Chromium]", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it("opens our speedscope file, with our totals", async () => {
    const { messages, requests, profiles, functions } = await open(browser, "speedscope");
    expect(messages).toEqual(["Importing as speedscope json file"]);
    expect(requests).toEqual([]);
    expect(profiles).toEqual([
      ["1", 'Thread 100 "MainThread"', "60.00ms"],
      ["2", 'Thread 107 "worker-1"', "30.00ms"],
      ["3", "Thread 101", "10.00ms"],
    ]);
    expect(functions).toEqual([
      ["10.00ms (17%)", "10.00ms (17%)", "<garbage collection>"],
      ["20.00ms (33%)", "20.00ms (33%)", "render"],
      ["30.00ms (50%)", "0.00ns (<0.01%)", "render"],
      ["30.00ms (50%)", "30.00ms (50%)", "escape"],
      ["50.00ms (83%)", "0.00ns (<0.01%)", "serve"],
      ["60.00ms (100%)", "0.00ns (<0.01%)", "<module>"],
    ]);
  });

  it("opens our Chrome trace without a warning, with the same totals and with names", async () => {
    const { messages, profiles, functions } = await open(browser, "chrometrace");
    expect(messages).toEqual(["Importing as Trace Event Format profile"]);
    expect(profiles).toEqual([
      ["1", "python app.py --verbose (pid 100), MainThread (tid 100)", "60.00ms"],
      ["2", "python app.py --verbose (pid 100), worker-1 (tid 107)", "30.00ms"],
      ["3", "python -c work() (pid 101), thread 101 (tid 101)", "10.00ms"],
    ]);
    expect(functions.map(([total, self, name]) => [total, self, name!.split(" {")[0]])).toEqual([
      ["10.00ms (17%)", "10.00ms (17%)", "<garbage collection>"],
      ["20.00ms (33%)", "20.00ms (33%)", "render"],
      ["30.00ms (50%)", "0.00ns (<0.01%)", "render"],
      ["30.00ms (50%)", "30.00ms (50%)", "escape"],
      ["50.00ms (83%)", "0.00ns (<0.01%)", "serve"],
      ["60.00ms (100%)", "0.00ns (<0.01%)", "<module>"],
    ]);
  });

  it("opens our raw file, with our counts", async () => {
    const { messages, functions } = await open(browser, "raw");
    expect(messages).toEqual(["Importing as collapsed stack format"]);
    expect(functions.map(([total, , name]) => [total, name])).toEqual([
      ["1 (10%)", "<garbage collection>"],
      ["1 (10%)", '<lambda>%3B%0A (a&b<c>".py:1)'],
      ["1 (10%)", "pthread_mutex_lock (libc.so.6)"],
      ["2 (20%)", "render (app.py:9)"],
      ["3 (30%)", "render (app.py:10)"],
      ["3 (30%)", "dumps (json/__init__.py:231)"],
      ["3 (30%)", "escape (markup/native.py:3)"],
      ["7 (70%)", "<module> (app.py:40)"],
      ["8 (80%)", "serve (app.py:12)"],
    ]);
  });
});

/** What the app and its graphics driver say at every start. */
const chatter = /^(?:speedscope v|WebGL |\[\.WebGL|import: )/;

async function open(browser: Browser, name: FormatName): Promise<Opened> {
  using folder = temporaryFolder();
  const format = formats.find((each) => each.name === name)!;
  const file = join(folder.path, `profile.${format.extension}`);
  writeFileSync(file, [...format.write(sampleProfile())].join(""));
  await using page = await browser.newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  page.on("dialog", (dialog) => {
    messages.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!/^(?:file|data|blob):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(app.href);
  await page.setInputFiles("input[type=file]", file);
  await page.getByText("Sandwich").click();
  await page.getByText("Symbol Name").waitFor();
  const rows = await page.locator("table tr").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
  const head = rows.findIndex((row) => row.includes("Symbol Name"));
  return {
    messages: messages.filter((text) => !chatter.test(text)),
    requests,
    profiles: rows.slice(1, Math.max(1, head)),
    functions: rows.slice(head + 1).sort(byTotal),
  };
}

function byTotal(a: readonly string[], b: readonly string[]): number {
  return Number.parseFloat(a[0]!) - Number.parseFloat(b[0]!) || Number.parseFloat(a[1]!) - Number.parseFloat(b[1]!) || (a[2]! < b[2]! ? -1 : 1);
}
