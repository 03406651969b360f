import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writeFlamegraph } from "@pyspy/formatters";
import { chromiumPath, launchChromium, temporaryFolder } from "./chromium.ts";
import { sampleProfile } from "./sample-profile.ts";

const folder = temporaryFolder();
const file = pathToFileURL(join(folder.path, "profile.svg")).href;
afterAll(() => folder[Symbol.dispose]());

/** Everything that must not happen: errors, messages, requests but for the file itself. */
const unwanted: string[] = [];

describe.skipIf(chromiumPath === undefined)("the flame graph in a browser [needs Chromium]", () => {
  let browser: Browser;
  beforeAll(async () => {
    writeFileSync(new URL(file), [...writeFlamegraph(sampleProfile())].join(""));
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(() => {
    expect(unwanted.splice(0)).toEqual([]);
  });

  it("zooms on a click, keeps that in the address, and goes back", async () => {
    await using page = await open(browser);
    await frame(page, "serve (app.py:12) (5").click();
    expect(await shown(page)).toEqual([
      "all 100", "<module> (app.py:40) 100", "serve (app.py:12) 100", "render (app.py:10) 60", "escape (markup/native.py:3) 60", "render (app.py:9) 40",
    ]);
    expect(new URL(page.url()).hash).toBe("#zoom=2.2");
    expect(await page.locator("#details").textContent()).toBe("serve (app.py:12) (5 samples, 50.00%)");
    await frame(page, "escape").click();
    expect(await shown(page)).toHaveLength(5);
    await page.goBack();
    await expect.poll(() => shown(page)).toHaveLength(6);
    await page.goBack();
    await expect.poll(() => shown(page)).toHaveLength(11);
    await page.goForward();
    await expect.poll(() => shown(page)).toHaveLength(6);
    await page.locator("#reset").click();
    expect(await shown(page)).toHaveLength(11);
    expect(await page.locator("#reset").isDisabled()).toBe(true);
  });

  it("finds by regular expression and counts nested matches once", async () => {
    await using page = await open(browser);
    const result = page.locator("#result");
    await page.keyboard.press("Control+f");
    await page.keyboard.type("serve|escape|render");
    expect(await result.textContent()).toBe("Matched: 80.00%");
    expect(await page.locator("#frames .match").count()).toBe(5);
    await page.locator("#search").fill("RENDER");
    expect(await result.textContent()).toBe("Matched: 0.00%");
    await page.locator("#search").fill("^render.*:10");
    expect(await result.textContent()).toBe("Matched: 30.00%");
    await page.locator("#search").fill("(");
    expect(await result.textContent()).toBe("Not a regular expression");
    expect(await page.locator("#frames .match").count()).toBe(0);
    await page.keyboard.press("Escape");
    expect([await result.textContent(), await searched(page)]).toEqual(["", ""]);
  });

  it("comes back as it was left, and F3 finds again", async () => {
    await using page = await open(browser);
    await frame(page, "<module>").click();
    await page.keyboard.press("F3");
    await page.keyboard.type("json|a&b%");
    const address = page.url();
    expect(new URL(address).hash).toBe("#zoom=0.1&search=json%7Ca%26b%25");
    await using other = await open(browser, {}, address);
    expect(await searched(other)).toBe("json|a&b%");
    expect(await shown(other)).toEqual(await shown(page));
    await using odd = await open(browser, {}, `${file}#zoom=99.9&search=%`);
    expect(await shown(odd)).toHaveLength(11);
    expect(await searched(odd)).toBe("%");
  });

  it("can be used from the keyboard, and says what each frame is", async () => {
    await using page = await open(browser);
    expect(await page.locator("#frames [tabindex='0']").count()).toBe(1);
    await frame(page, "all (").focus();
    for (const key of ["ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    expect(new URL(page.url()).hash).toBe("#zoom=7.3");
    expect(await page.getByRole("button", { name: "pthread_mutex_lock (libc.so.6) (1 sample, 10.00%)" }).count()).toBe(1);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    expect(new URL(page.url()).hash).toBe("#zoom=7.2");
    await page.keyboard.press("Escape");
    expect(await shown(page)).toHaveLength(11);
  });

  it("fits its labels to the window", async () => {
    await using page = await open(browser);
    const label = frame(page, "escape").locator("text");
    const labels = async (): Promise<number> => (await page.locator("#frames text").allTextContents()).filter((text) => text !== "").length;
    expect(await label.textContent()).toBe("escape (markup/native.py:3)");
    const before = await labels();
    await page.setViewportSize({ width: 200, height: 700 });
    await expect.poll(() => label.textContent()).toBe("escape…");
    expect(await labels()).toBeLessThan(before);
    await page.setViewportSize({ width: 2400, height: 700 });
    await expect.poll(labels).toBe(11);
    for (const text of await page.locator("#frames text").all()) expect(await overhang(text)).toBeLessThanOrEqual(0);
  });

  it("keeps labels and tools inside at any width, tools apart from the details", async () => {
    await using page = await open(browser);
    for (const width of [320, 700, 830, 1200]) {
      await page.setViewportSize({ width, height: 700 });
      await page.locator("#search").fill("serve");
      await page.mouse.move(width / 2, 165);
      for (const text of await page.locator("#frames text").all()) expect(await overhang(text), `${width}`).toBeLessThanOrEqual(0);
      const boxes = await Promise.all(["#result", "#search", "#reset", "#details"].map((each) => page.locator(each).boundingBox()));
      const [result, search, reset, details] = boxes.map((box) => box ?? { x: 0, y: 999, width: 0, height: 0 });
      for (const box of [result!, search!, reset!]) {
        expect(box.x, `${width}`).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width, `${width}`).toBeLessThanOrEqual(width);
        expect(box.y + box.height, `${width}`).toBeLessThanOrEqual(details!.y + 1);
      }
    }
  });

  it("shows the same frames in light, dark, print and without a script", async () => {
    for (const [options, ground] of [[{ colorScheme: "light" }, "rgb(255, 255, 255)"], [{ colorScheme: "dark" }, "rgb(20, 23, 28)"], [{ javaScriptEnabled: false }, "rgb(255, 255, 255)"]] as const) {
      await using page = await open(browser, options);
      expect(await page.locator("#frames g:visible").count()).toBe(11);
      if ("javaScriptEnabled" in options) continue;
      expect(await pageColor(page)).toBe(ground);
      await page.emulateMedia({ media: "print" });
      expect(await pageColor(page)).toBe("rgb(255, 255, 255)");
      expect(await page.locator("#tools").isVisible()).toBe(false);
    }
  });

  it("is well-formed XML", async () => {
    await using page = await open(browser);
    const errors = await page.evaluate(`new DOMParser().parseFromString(${JSON.stringify([...writeFlamegraph(sampleProfile())].join(""))}, "image/svg+xml").querySelectorAll("parsererror").length`);
    expect(errors).toBe(0);
  });

  it("keeps its head in sight when scrolled", async () => {
    await using page = await open(browser, { viewport: { width: 1200, height: 150 } });
    await page.mouse.wheel(0, 60);
    await expect.poll(async () => Math.round((await page.locator("#title").boundingBox())!.y)).toBeLessThan(20);
    await expect.poll(async () => Math.round((await frame(page, "all (").boundingBox())!.y)).toBe(106 - 60);
    expect((await page.locator("#title").boundingBox())!.y).toBeGreaterThan(0);
  });
});

async function open(browser: Browser, options: BrowserContextOptions = {}, address: string = file): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 700 }, ...options });
  page.on("console", (message) => unwanted.push(message.text()));
  page.on("pageerror", (error) => unwanted.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(file)) unwanted.push(request.url());
  });
  await page.goto(address);
  return page;
}

/** The frame whose title begins so. */
function frame(page: Page, title: string): Locator {
  return page.locator("#frames > g").filter({ has: page.locator("title").getByText(title) }).first();
}

/** Texts and widths in percent of the frames shown, root first. */
async function shown(page: Page): Promise<string[]> {
  const frames = await page.locator("#frames > g:not([display=none])").evaluateAll((all) =>
    all.map((each) => [each.querySelector("title")?.textContent ?? "", each.querySelector("rect")?.getAttribute("width") ?? ""]),
  );
  return frames.map(([title, width]) => `${title!.slice(0, title!.lastIndexOf(" ("))} ${Number.parseFloat(width!)}`);
}

/** By how many pixels a label sticks out of its frame. */
async function overhang(text: Locator): Promise<number> {
  const [inner, outer] = [await text.boundingBox(), await text.locator("xpath=../../*[local-name()='rect']").boundingBox()];
  if (inner === null || outer === null || inner.width === 0) return 0;
  return Math.ceil(inner.x + inner.width - outer.x - outer.width);
}

function pageColor(page: Page): Promise<string> {
  return page.evaluate("getComputedStyle(document.querySelector('.page')).fill");
}

/** Playwright's `inputValue` does not take a field in an SVG for one. */
function searched(page: Page): Promise<string> {
  return page.evaluate("document.getElementById('search').value");
}
