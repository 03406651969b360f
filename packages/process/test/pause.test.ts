import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openProcess, type Pause, type Process, spawnProcess, type SpawnedProcess } from "@pyspy/process";
import { hasCompiler, hasPython, hasSetpriv, python } from "./present.ts";
import { folder, traceable, until } from "./target.ts";

const counterProgram = fileURLToPath(new URL("programs/counter.py", import.meta.url));
const threadCount = 4;

/** The counters that the program's threads count up in a file: the proof, from outside, that they run. */
class Counters {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    writeFileSync(path, new Uint8Array(8 * threadCount));
  }

  read(): bigint[] {
    const bytes = new BigUint64Array(threadCount);
    const fd = openSync(this.#path, "r");
    readSync(fd, bytes, 0, bytes.byteLength, 0);
    closeSync(fd);
    return [...bytes];
  }

  /** Waits until every thread has counted on. */
  async advance(): Promise<void> {
    const before = this.read();
    await until("the counters to move", () => this.read().every((value, index) => value > before[index]!));
  }
}

function states(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((id) => {
    const text = readFileSync(`/proc/${pid}/task/${id}/stat`, "utf8");
    return text.charAt(text.lastIndexOf(")") + 2);
  });
}

function tracers(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((id) => Number(/TracerPid:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/task/${id}/status`, "utf8"))![1]));
}

/** Every thread is in a trace stop, and none counts on. */
function expectStill(pid: number, counters: Counters): void {
  expect(new Set(states(pid))).toEqual(new Set(["t"]));
  const before = counters.read();
  execFileSync("sleep", ["0.05"]);
  expect(counters.read()).toEqual(before);
}

async function counting(path: string): Promise<{ child: SpawnedProcess & AsyncDisposable; counters: Counters }> {
  const counters = new Counters(path);
  const child = traceable([python, counterProgram, path, String(threadCount)]);
  await counters.advance();
  return { child, counters };
}

describe.skipIf(!hasPython)("a program of several threads [needs /usr/bin/python3]", () => {
  it("stops and runs on", async () => {
    using temporary = folder();
    const { child, counters } = await counting(temporary.file("counters"));
    await using _child = child;
    using target = openProcess(child.pid);
    for (let round = 0; round < 3; round++) {
      const pause = target.pause();
      expect(pause.threads.toSorted()).toEqual(target.threads().map(({ id }) => id).toSorted());
      expect(pause.threads).toHaveLength(threadCount);
      expect(target.threads().map(({ state }) => state)).toEqual(Array.from({ length: threadCount }, () => "stopped"));
      expectStill(child.pid, counters);
      expect(child.exited()).toBeUndefined();
      pause[Symbol.dispose]();
      pause[Symbol.dispose]();
      expect(tracers(child.pid)).toEqual([0, 0, 0, 0]);
      await counters.advance();
    }
  });

  it("stops some of its threads, and no others", async () => {
    using temporary = folder();
    const { child, counters } = await counting(temporary.file("counters"));
    await using _child = child;
    using target = openProcess(child.pid);
    const second = target.threads()[1]!.id;
    const before = performance.now();
    {
      using pause = target.pause([second, process.pid, process.ppid]);
      expect(pause.threads).toEqual([second]);
      expect(pause.since).toBeGreaterThan(before);
      expect(pause.since).toBeLessThan(performance.now());
      expect(target.threads().filter(({ state }) => state === "stopped").map(({ id }) => id)).toEqual([second]);
      expect(tracers(child.pid).filter((tracer) => tracer !== 0)).toEqual([process.pid]);
    }
    expect(tracers(child.pid)).toEqual([0, 0, 0, 0]);
    await counters.advance();
  });

  it("stops again and again by a pauser, and signals get through", async () => {
    using temporary = folder();
    const { child, counters } = await counting(temporary.file("counters"));
    await using _child = child;
    using target = openProcess(child.pid);
    {
      using pauser = target.pauser();
      for (let round = 0; round < 200; round++) {
        using pause = pauser.pause();
        expect(pause.threads).toHaveLength(threadCount);
      }
      {
        using _pause = pauser.pause();
        expectStill(child.pid, counters);
      }
      await counters.advance();
      child.kill("SIGSTOP");
      await until("the group stop", () => {
        pauser.service();
        return states(child.pid).every((state) => state === "t");
      });
      pauser.pause()[Symbol.dispose]();
      expectStill(child.pid, counters);
      child.kill("SIGCONT");
      const before = counters.read();
      await until("the threads to go on", () => {
        pauser.service();
        return counters.read().every((value, index) => value > before[index]!);
      });
    }
    expect(tracers(child.pid)).toEqual([0, 0, 0, 0]);
    await counters.advance();
  });

  it("leaves a stopped process stopped", async () => {
    using temporary = folder();
    const { child, counters } = await counting(temporary.file("counters"));
    await using _child = child;
    using target = openProcess(child.pid);
    child.kill("SIGSTOP");
    await until("the stop", () => states(child.pid).every((state) => state === "T"));
    target.pause()[Symbol.dispose]();
    await until("the stop after the pause", () => states(child.pid).every((state) => state === "T"));
    expect(tracers(child.pid)).toEqual([0, 0, 0, 0]);
    child.kill("SIGCONT");
    await counters.advance();
  });

  it("passes a signal on that comes during a pause", async () => {
    using temporary = folder();
    const { child } = await counting(temporary.file("counters"));
    await using _child = child;
    using target = openProcess(child.pid);
    const pause = target.pause();
    child.kill("SIGTERM");
    expect(states(child.pid)).toEqual(["t", "t", "t", "t"]);
    pause[Symbol.dispose]();
    expect(await child.wait()).toEqual({ signal: "SIGTERM" });
  });

  it("lets a process die that is killed during a pause", async () => {
    using temporary = folder();
    const { child } = await counting(temporary.file("counters"));
    await using _child = child;
    using target = openProcess(child.pid);
    const pause = target.pause();
    child.kill("SIGKILL");
    await until("the end", () => states(child.pid).every((state) => state === "Z"));
    pause[Symbol.dispose]();
    expect(await child.wait()).toEqual({ signal: "SIGKILL" });
    expect(() => target.pause()).toThrow(expect.objectContaining({ code: "no-such-process" }));
  });

  it("lets another's child die that is killed during a pause", async () => {
    using temporary = folder();
    const path = temporary.file("counters");
    const counters = new Counters(path);
    const script = `exec 2> /dev/null; "${python}" "${counterProgram}" "${path}" ${threadCount} & echo $! > "${path}.pid"; wait $!; echo $? > "${path}.status"`;
    await using shell = traceable(["/bin/sh", "-c", script]);
    await counters.advance();
    const pid = Number(readFileSync(`${path}.pid`, "utf8"));
    using target = openProcess(pid);
    const pause = target.pause();
    process.kill(pid, "SIGKILL");
    pause[Symbol.dispose]();
    expect(await shell.wait()).toEqual({ code: 0 });
    expect(readFileSync(`${path}.status`, "utf8")).toBe("137\n");
  });

  it("runs on when the profiler is killed", async () => {
    using temporary = folder();
    const { child, counters } = await counting(temporary.file("counters"));
    await using _child = child;
    const script = fileURLToPath(new URL("programs/hold-pause.ts", import.meta.url));
    await using profiler = traceable([process.execPath, "--conditions=@pyspy/source", script, String(child.pid)]);
    await until("the pause", () => states(child.pid).every((state) => state === "t"));
    expectStill(child.pid, counters);
    expect(new Set(tracers(child.pid))).toEqual(new Set([profiler.pid]));
    profiler.kill("SIGKILL");
    expect(await profiler.wait()).toEqual({ signal: "SIGKILL" });
    await counters.advance();
    expect(tracers(child.pid)).toEqual([0, 0, 0, 0]);
  });

  it("is refused while another traces, and a second time", async () => {
    using temporary = folder();
    const { child, counters } = await counting(temporary.file("counters"));
    await using _child = child;
    using target = openProcess(child.pid);
    {
      using _pause = target.pause();
      expect(() => target.pause()).toThrow(expect.objectContaining({ code: "pause-failed", message: expect.stringContaining("by this process") }));
      expectStill(child.pid, counters);
    }
    await counters.advance();
  });
});

describe.skipIf(!hasCompiler)("programs in C [needs cc]", () => {
  it("stops a program that starts threads all the time", async () => {
    using temporary = folder();
    await using child = compiled(temporary, THREADS);
    using target = openProcess(child.pid);
    await until("threads", () => target.threads().length > 1);
    for (let round = 0; round < 50; round++) {
      using pause = target.pause();
      const alive = target.threads();
      expect(new Set(alive.map(({ state }) => state))).toEqual(new Set(["stopped"]));
      expect(pause.threads).toEqual(expect.arrayContaining(alive.map(({ id }) => id)));
    }
    expect(child.exited()).toBeUndefined();
  });

  it("gives up on a thread that cannot be stopped, and lets it go later", async () => {
    using temporary = folder();
    await using child = compiled(temporary, VFORK);
    using target = openProcess(child.pid);
    await until("the vfork", () => states(child.pid).includes("D"));
    let pause: Pause | undefined;
    expect(() => (pause = target.pause())).toThrow(
      expect.objectContaining({ code: "pause-failed", message: expect.stringContaining(`threads ${child.pid} did not stop`) }),
    );
    expect(pause).toBeUndefined();
    process.kill(target.children()[0]!, "SIGKILL");
    expect(await child.wait()).toEqual({ code: 7 });
  });

  it("reads a process whose main thread has ended", async () => {
    using temporary = folder();
    await using child = compiled(temporary, MAIN_ENDED);
    await until("the main thread's end", () => states(child.pid)[0] === "Z");
    for (const memory of ["process_vm_readv", "/proc/pid/mem"] as const) {
      using target = openProcess(child.pid, { memory });
      expect(target.isAlive()).toBe(true);
      const map = target.memoryMaps().find(({ path }) => path === temporary.file("program"))!;
      expect(target.memory.read(map.start, 4)).toEqual(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46));
      expect(target.executable()).toBe(temporary.file("program"));
      expect(target.workingDirectory()).toBe(process.cwd());
      expect(target.mappedFile(map).read(0, 4)).toEqual(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46));
      expect(target.file(temporary.file("program.c")).size).toBe(MAIN_ENDED.length);
      expect(target.threads()).toHaveLength(1);
      expect(pausedThreads(target)).toEqual([target.threads()[0]!.id]);
    }
  });
});

it.skipIf(!hasSetpriv)("is refused to another user [needs root and setpriv]", async () => {
  await using child = traceable(["sleep", "60"]);
  const script = fileURLToPath(new URL("programs/hold-pause.ts", import.meta.url));
  const argv = ["setpriv", "--reuid=65534", "--clear-groups", process.execPath, "--conditions=@pyspy/source", script, String(child.pid)];
  expect(await spawnProcess(argv).wait()).toEqual({ code: 3 });
  expect(states(child.pid)).toEqual(["S"]);
});

function pausedThreads(target: Process): readonly number[] {
  using pause = target.pause();
  return pause.threads;
}

function compiled(temporary: { file(name: string): string }, source: string): SpawnedProcess & AsyncDisposable {
  writeFileSync(temporary.file("program.c"), source);
  execFileSync("cc", ["-O1", "-pthread", "-o", temporary.file("program"), temporary.file("program.c")]);
  return traceable([temporary.file("program")]);
}

const THREADS = `
#include <pthread.h>
#include <unistd.h>
static void *run(void *unused) { usleep(200); return unused; }
int main(void) {
  alarm(60);
  for (;;) {
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) pthread_create(&threads[i], 0, run, 0);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], 0);
  }
}`;

const VFORK = `
#include <unistd.h>
int main(void) {
  alarm(60);
  if (vfork() == 0) { alarm(60); for (;;) pause(); }
  return 7;
}`;

const MAIN_ENDED = `
#include <pthread.h>
#include <unistd.h>
static void *run(void *unused) { sleep(60); _exit(0); return unused; }
int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, run, 0);
  pthread_exit(0);
}`;
