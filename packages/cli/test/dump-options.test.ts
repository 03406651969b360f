import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { anyPython, startTarget } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { pyspy } from "./pyspy.ts";

describe("dump", () => {
  it("--locals shows arguments and locals, more of them with each -l", async () => {
    await using target = await startTarget(anyPython(), "locals.py");
    const short = await pyspy(["dump", "-l", "-p", target.pid]);
    const long = await pyspy(["dump", "-lll", "-p", target.pid]);
    expect([short.status, long.status]).toEqual([0, 0]);
    expect(short.stdout).toMatch(/^ {8}Arguments:\n {12}\w+: .+\n/m);
    expect(short.stdout).toMatch(/^ {8}Locals:\n {12}\w+: .+\n/m);
    expect(long.stdout.length).toBeGreaterThan(short.stdout.length);
    expect((await pyspy(["dump", "-p", target.pid])).stdout).not.toContain("Locals:");
  });

  it("--json is read by a reader that knows py-spy's fields only", async () => {
    await using target = await startTarget(anyPython(), "threads.py", [3]);
    const { status, stdout } = await pyspy(["dump", "-j", "-p", target.pid]);
    expect(status).toBe(0);
    const traces = JSON.parse(stdout) as { pid: number; thread_name: string; os_thread_id: number; frames: { name: string; line: number; locals: unknown }[] }[];
    expect(traces.map(({ pid }) => pid)).toEqual(traces.map(() => target.pid));
    const expected = target.ready.threads.map(({ name, nativeId, frames }) => [name, nativeId, frames.map((frame) => [frame.name, frame.line])]);
    const found = traces.map((trace) => [trace.thread_name, trace.os_thread_id, trace.frames.map(({ name, line }) => [name, line])]);
    expect(found.sort()).toEqual(expected.sort());
    expect(traces.flatMap(({ frames }) => frames.map(({ locals }) => locals)).every((locals) => locals === null)).toBe(true);
  });

  it("--python-version is believed, if the process can be read by it", async () => {
    await using target = await startTarget(anyPython(), "still.py", [3]);
    const { major, minor, micro } = anyPython().version;
    const right = await pyspy(["dump", "--python-version", `${major}.${minor}.${micro}`, "-p", target.pid]);
    expect(right.stdout).toBe((await pyspy(["dump", "-p", target.pid])).stdout);
    const wrong = await pyspy(["dump", "--python-version", minor === 9 ? "3.12" : "3.9", "-p", target.pid]);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain(`Error: process ${target.pid} has Python ${minor === 9 ? "3.12" : "3.9"}, but its interpreter state was not found\n`);
    const none = await pyspy(["record", "--python-version", "three", "-d", "1", "-o", "-", "-p", target.pid]);
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('Error: "three" is no version of Python: expected one like 3.12\n')]);
  });

  it("--subprocesses goes through the tree and leaves out what is no Python", async () => {
    const child = spawn(anyPython().executable, ["-c", TREE], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      // A line, not what comes first of it: with PYTHONUNBUFFERED set, each word is written by itself.
      const [line] = (await once(createInterface(child.stdout), "line")) as [string];
      const [sleeper, python] = line.split(" ");
      const text = await pyspy(["dump", "-s", "-p", child.pid as number]);
      expect(text.status).toBe(0);
      expect(text.stdout.split(`\n${"-".repeat(80)}\n`).map((part) => part.split(":")[0])).toEqual([`Process ${child.pid}`, `Process ${python}`]);
      expect(text.stdout).toContain(`\nParent Process ${child.pid}: `);
      expect(text.stderr).toMatch(new RegExp(`^Left out process ${sleeper}: no Python interpreter found in process ${sleeper}\n$`));
      const json = await pyspy(["dump", "-s", "-j", "-p", child.pid as number]);
      const traces = JSON.parse(json.stdout) as { pid: number; process_info: { parent: { pid: number } } | null }[];
      expect(traces.map(({ pid, process_info }) => [pid, process_info?.parent.pid])).toEqual([[child.pid, undefined], [Number(python), child.pid]]);
    } finally {
      child.kill();
    }
  });
});

/** Starts a program that is no Python and one that is, and ends them with itself. */
const TREE = `
import signal, subprocess, sys, time
script = "import sys, time; print(1, flush=True); time.sleep(60)"
sleeper = subprocess.Popen(["sleep", "60"])
python = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
python.stdout.readline()
def end(*_):
    for child in (sleeper, python):
        child.kill()
        child.wait()
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(sleeper.pid, python.pid, flush=True)
time.sleep(60)
`;
