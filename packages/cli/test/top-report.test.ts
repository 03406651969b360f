import { spawn } from "node:child_process";
import { once } from "node:events";

import { anyPython, startTarget, type Target } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ReportData } from "../src/top/top-report.ts";
import type { TopOptions } from "../src/top/top-options.ts";
import { topCommand } from "./top-terminal.ts";

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function top(options: Partial<TopOptions>, ...program: readonly string[]): Promise<Result> {
  const [command, ...args] = [...topCommand, JSON.stringify(options), ...program];
  const child = spawn(command!, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 40_000, killSignal: "SIGKILL", env: { ...process.env, FORCE_COLOR: "", CLICOLOR_FORCE: "" } });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.stderr += text));
  await once(child, "close");
  return { status: child.exitCode, ...written };
}

describe("top without a terminal", () => {
  let target: Target;
  beforeAll(async () => {
    target = await startTarget(anyPython(), "threads.py", [2]);
  });
  afterAll(() => target.stop());

  it("prints one report and ends", async () => {
    const { status, stdout, stderr } = await top({ pid: target.pid, delay: 0.5 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^(Late: .*\n)?Collecting samples from '.*threads\.py 2' \(python v3\.\d+\.\d+\)\nTotal Samples \d+\nGIL: .*Threads: 4\n\n/);
    expect(stdout).toContain("\n  %Own   %Total ▼OwnTime  TotalTime  Function (filename)\n");
    expect(stdout).toMatch(/\n *\d+\.\d\d% +\d+\.\d\d% +[\d.]+s +[\d.]+s {3}work \(fixture\.py\)\n/);
    expect(stdout).not.toContain("park (fixture.py)");
    expect(stdout).not.toContain("\u001b");
  });

  it("counts idle threads with --idle, and none but the holder of the GIL with --gil", async () => {
    const idle = await top({ pid: target.pid, delay: 0.5, idle: true });
    expect(idle.stdout).toMatch(/200\.00% +200\.00% .* park \(fixture\.py\)/);
    const gil = JSON.parse((await top({ pid: target.pid, delay: 0.5, gil: true, idle: true, json: true })).stdout) as ReportData;
    expect(gil.functions.map(({ name }) => name)).not.toContain("park");
    expect(gil.functions[0]).toMatchObject({ name: "work", own: gil.functions[0]!.total });
  });

  it("gives the same as JSON", async () => {
    const { status, stdout } = await top({ pid: target.pid, delay: 0.5, json: true, fullFilenames: true });
    const data = JSON.parse(stdout) as ReportData;
    expect(status).toBe(0);
    expect(data).toMatchObject({ version: 1, pid: target.pid, errors: 0, interval: 0.01 });
    expect(data.threads.map(({ name }) => name).toSorted()).toEqual(["MainThread", "busy", "worker-0", "worker-1"]);
    expect(data.threads.map(({ osThreadId }) => osThreadId).toSorted()).toEqual(target.ready.threads.map(({ nativeId }) => nativeId).toSorted());
    const { file, line } = target.ready.threads.find(({ running }) => running)!.frames[0]!;
    expect(data.lines[0]).toMatchObject({ name: "work", file, line });
    expect(data.samples + data.late).toBeGreaterThan(25);
  });

  it("shows what a program wrote, and passes on how it ended", async () => {
    const python = anyPython().command;
    const ended = await top({ delay: 30 }, ...python, "-c", "import time\nend = time.time() + 6\nprint('said')\nwhile time.time() < end: pass\nraise SystemExit(5)");
    expect(ended.status).toBe(5);
    expect(ended.stdout).toContain("<module> (<string>)");
    expect(ended.stderr).toMatch(/^process \d+ ended\nsaid\n$/);
    const endless = await top({ delay: 0.5 }, ...python, "-c", "while True: pass");
    expect(endless).toMatchObject({ status: 0, stderr: "" });
    expect(endless.stdout).toContain("<module> (<string>)");
  });

  it("says when a program ended before anything could be seen", async () => {
    const { status, stdout, stderr } = await top({ delay: 1 }, "/bin/sh", "-c", "echo oh no; exit 9");
    expect({ status, stdout }).toEqual({ status: 9, stdout: "" });
    expect(stderr).toMatch(/^oh no\nError: "\/bin\/sh" ended \(exit status 9\) before/);
    expect((await top({ delay: 1 }, "/nowhere/to/be/found")).status).toBe(127);
  });

  it("fails for a process that is none", async () => {
    const { status, stdout, stderr } = await top({ pid: 2 ** 22 + 1, delay: 1 });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^Error: /);
  });
});
