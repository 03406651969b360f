import { readdirSync, readFileSync } from "node:fs";
import { openProcess } from "@pyspy/process";
import { attach, type Python } from "@pyspy/sampler";
import { pythons, type Python as Interpreter } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { startInline } from "./inline-target.ts";
import { unsupported } from "./supported.ts";
import { until } from "./until.ts";

const SLEEPERS = 5;
const RESTING = `
import threading, time
for _ in range(${SLEEPERS}):
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
ready()
while True: pass
`;
/** Bursts about as long as it takes to stop a thread that was seen to run, and mostly sleep. */
const BURSTS = `
import time
def burst():
    for _ in range(2000): pass
def loop():
    while True:
        time.sleep(0.0001)
        burst()
ready()
loop()
`;
/** Counts what its timer sends, and says so when asked to end. */
const SIGNALLED = `
import signal
ticks = 0
def tick(*_):
    global ticks
    ticks += 1
def end(*_):
    os._exit(0 if ticks > 50 else 3)
signal.signal(signal.SIGALRM, tick)
signal.signal(signal.SIGTERM, end)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
ready()
while True: pass
`;

/** The newest of each way to keep frames. */
function kinds(): readonly Interpreter[] {
  const read = pythons().filter((python) => unsupported(python) === "" && python.version.major === 3 && !python.freeThreaded);
  const newest = [read.findLast(({ version }) => version.minor <= 10), read.findLast(({ version }) => version.minor > 10)];
  return newest.filter((python) => python !== undefined);
}

function field(pid: number, pattern: RegExp): string[] {
  return readdirSync(`/proc/${pid}/task`).map((id) => pattern.exec(readFileSync(`/proc/${pid}/task/${id}/status`, "utf8"))?.[1] ?? "");
}

function waitOutOfStep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random());
}

function innermost(python: Python): string {
  const { stack } = python.sample("always")[0]!;
  return python.frames.resolve(stack.codes[stack.depth - 1] ?? 0, stack.instructions[stack.depth - 1] ?? 0)?.name ?? "";
}

describe.each(kinds().map((python) => [python.label, python] as const))("%s, stopped for each sample", (_, interpreter) => {
  it("stops no thread that has rested for long, and all that run", async () => {
    await using target = await startInline(interpreter, RESTING);
    using process = openProcess(target.pid);
    const stopped: (readonly number[] | undefined)[] = [];
    const pause = process.pause.bind(process);
    process.pause = (ids) => (stopped.push(ids), pause(ids));
    const python = attach(process);
    expect(python.sample("always")).toHaveLength(SLEEPERS + 1);
    expect(stopped.at(-1)).toHaveLength(SLEEPERS + 1);
    let alone = 0;
    await until("the sleepers to rest", () => {
      const slots = python.sample("always");
      expect(slots.map(({ outcome }) => outcome)).toEqual(slots.map(() => "exact"));
      expect(stopped.at(-1)).toContain(target.pid);
      alone = stopped.at(-1)?.length === 1 ? alone + 1 : 0;
      return alone === 100;
    });
  });

  it("tells for how long it stopped the process", async () => {
    await using target = await startInline(interpreter, RESTING);
    using process = openProcess(target.pid);
    const python = attach(process);
    python.sample("never");
    expect(python.pausedTime).toBe(0);
    const start = performance.now();
    for (let count = 0; count < 20; count++) {
      const before = python.pausedTime;
      python.sample("always");
      expect(python.pausedTime).toBeGreaterThan(before);
    }
    expect(python.pausedTime).toBeLessThan(performance.now() - start);
  });

  it("stops a thread that wakes up now and then whether it is seen asleep or not", async () => {
    await using target = await startInline(interpreter, BURSTS);
    using process = openProcess(target.pid);
    const pause = process.pause.bind(process);
    const stopped: (readonly number[] | undefined)[] = [];
    process.pause = (ids) => (stopped.push(ids), pause(ids));
    const python = attach(process);
    const seen = new Set<string>();
    let count = 0;
    for (; count < 500 || (seen.size < 2 && count < 10_000); count++) {
      waitOutOfStep();
      seen.add(innermost(python));
    }
    expect([...seen].toSorted()).toEqual(["burst", "loop"]);
    expect(stopped.length).toBeGreaterThan(count * 0.8);
    expect(new Set(stopped.flat())).toEqual(new Set([target.pid]));
  });

  it("lets signals through: nothing is traced between samples", async () => {
    await using target = await startInline(interpreter, SIGNALLED);
    using process = openProcess(target.pid);
    const python = attach(process);
    const end = performance.now() + 1000;
    while (performance.now() < end) {
      python.sample("always");
      expect(field(target.pid, /^TracerPid:\s*(\d+)/m)).toEqual(["0"]);
    }
    globalThis.process.kill(target.pid, "SIGTERM");
    await until("the end", () => target.shell.exitCode !== null);
    expect(target.shell.exitCode).toBe(0);
  });

  it("leaves a stopped process stopped, and reads it", async () => {
    await using target = await startInline(interpreter, BURSTS);
    using process = openProcess(target.pid);
    const python = attach(process);
    python.sample("always");
    globalThis.process.kill(target.pid, "SIGSTOP");
    const state = /^State:\s*(\w)/m;
    await until("the stop", () => field(target.pid, state)[0] === "T");
    const name = innermost(python);
    for (let count = 0; count < 20; count++) {
      expect(innermost(python)).toBe(name);
      await until("the stop to be back", () => field(target.pid, state)[0] === "T");
    }
    globalThis.process.kill(target.pid, "SIGCONT");
    await until("it to go on", () => field(target.pid, state)[0] !== "T");
  });
});
