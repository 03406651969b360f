import { chmodSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { anyPython, nodeFolder, nodeVersions, startTarget, type Target, whyNoNodes } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Folder } from "./folder.ts";
import { poll, type Running, startPyspy } from "./pyspy.ts";

let busy: Target;
beforeAll(async () => {
  busy = await startTarget(anyPython(), "busy.py");
});
afterAll(() => busy?.stop());

const SNAPSHOT = /^pyspy> Wrote a snapshot to (.*)\. Samples: (\d+) Errors: 0\. The recording goes on$/m;

/** Sends SIGUSR1 until a snapshot has samples. Returns where it is, and how many. */
async function snapshot(running: Running): Promise<{ place: string; samples: number }> {
  await running.until(/Sampling process/);
  for (;;) {
    const before = running.stderr.length;
    running.child.kill("SIGUSR1");
    await poll("a snapshot", () => running.stderr.slice(before).endsWith("goes on\n"), () => running.stdout + running.stderr);
    const [, place = "", samples] = SNAPSHOT.exec(running.stderr.slice(before)) ?? [];
    if (Number(samples) > 0) return { place, samples: Number(samples) };
  }
}

/** The counts of raw text, added up. */
function total(text: string): number {
  return text.trimEnd().split("\n").reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)?.[1]), 0);
}

const record = (output: string) => ["record", "-f", "raw", "-o", output, "-p", busy.pid];

async function end(running: Running): Promise<void> {
  running.child.kill("SIGINT");
  expect(await running.end()).toMatchObject({ status: 0, stderr: expect.not.stringContaining("Debugger") as string });
}

describe("SIGUSR1", () => {
  it("writes what was recorded so far, and the recording goes on", async () => {
    using folder = new Folder();
    const file = folder.join("p.txt");
    await using running = startPyspy(record(file));
    const { place, samples } = await snapshot(running);
    expect(place).toBe(`'${file}'`);
    const before = total(readFileSync(file, "utf8"));
    expect(before).toBeGreaterThanOrEqual(samples);
    expect(folder.names()).toEqual(["p.txt"]);
    expect((await snapshot(running)).samples).toBeGreaterThan(samples);
    await end(running);
    expect(total(readFileSync(file, "utf8"))).toBeGreaterThan(before);
    expect(running.stdout).toMatch(/Stopped sampling because Control-C pressed\n.*Wrote raw/);
  });

  it("replaces the file as a whole, behind a link and with its rights", async () => {
    using folder = new Folder();
    symlinkSync("p.txt", folder.join("link"));
    await using running = startPyspy(record(folder.join("link")));
    await running.until(/Sampling process/);
    chmodSync(folder.join("p.txt"), 0o640);
    const { ino } = statSync(folder.join("p.txt"));
    await snapshot(running);
    expect(statSync(folder.join("p.txt"))).toMatchObject({ mode: 0o100640 });
    expect(statSync(folder.join("p.txt")).ino).not.toBe(ino);
    expect(folder.names()).toEqual(["link", "p.txt"]);
    await end(running);
  });

  it("writes a file beside standard output, which gets the whole profile only", async () => {
    using folder = new Folder();
    await using running = startPyspy(record("-"), { cwd: folder.path });
    const { place } = await snapshot(running);
    const [name = "", ...others] = folder.names();
    expect({ place, others }).toEqual({ place: `'${name}'`, others: [] });
    expect(name).toMatch(new RegExp(`^${busy.pid}-.*\\.txt$`));
    const part = total(readFileSync(folder.join(name), "utf8"));
    await end(running);
    expect(total(running.stdout)).toBeGreaterThan(part);
  });

  it("says so when there is nothing yet, and when it cannot be written", async () => {
    using folder = new Folder();
    await using running = startPyspy(["record", "-o", folder.join("p.svg"), "--", "sh", "-c", "trap 'exit 4' TERM; echo ready; while :; do sleep 0.02; done"]);
    await running.until(/ready/);
    running.child.kill("SIGUSR1");
    await running.until(/^pyspy> No snapshot: nothing has been recorded yet$/m);
    running.child.kill("SIGTERM");
    expect(await running.end()).toMatchObject({ status: 4 });
    expect(folder.names()).toEqual([]);
  });

  it("is not passed on to a program that was started", async () => {
    using folder = new Folder();
    await using running = startPyspy(["record", "-f", "raw", "-o", folder.join("p.txt"), "--", ...anyPython().command, "-c", "import signal\nsignal.alarm(60)\nwhile True: pass"]);
    await snapshot(running);
    running.child.kill("SIGTERM");
    expect(await running.end()).toMatchObject({ signal: "SIGTERM" });
  });

  it.skipIf(whyNoNodes !== "").each(nodeVersions)(`does not start the debugger of Node %s${whyNoNodes && ` [${whyNoNodes}]`}`, async (version) => {
    using folder = new Folder();
    await using running = startPyspy(record(folder.join("p.txt")), { node: join(nodeFolder(version), "node") });
    await snapshot(running);
    await end(running);
  });
});
