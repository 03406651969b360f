import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProcess, ProcessError, spawnProcess } from "@pyspy/process";
import { attach, AttachError, readStacks, record, RecordingError } from "@pyspy/sampler";
import { anyPython, pythons } from "@pyspy/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { compile, hasTool, libraryOf, linkable, linkFlags, prefixOf } from "./c-program.ts";
import { childOf, namesOf, type Place, SLEEPER, SLEEPING, sleepingStacks, startPlace } from "./place.ts";
import { unsupported } from "./supported.ts";
import { until } from "./until.ts";

const folder = mkdtempSync(join(tmpdir(), "pyspy-life-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ours = pythons().filter((python) => unsupported(python) === "" && python.root === "");

describe.each(ours.map((python) => [python.label, python] as const))("%s", (_, python) => {
  it("that has just been started is waited for", async () => {
    const quiet = SLEEPER.replace(/^ {4}sys\..*\n/gm, "");
    for (let round = 0; round < 5; round++) {
      const child = spawnProcess([...python.command, "-c", quiet]);
      try {
        using target = openProcess(child.pid);
        const found = attach(target);
        expect(found.version.micro).toBe(python.version.micro);
        await until("the program", () => JSON.stringify(namesOf(readStacks(found))) === JSON.stringify([SLEEPING]));
      } finally {
        child.kill("SIGKILL");
        await child.wait();
      }
    }
  });

  const endings = {
    "in a function for its end": "import atexit\natexit.register(inner)\n",
    "in an object's end": "class Last:\n    def __del__(self, inner=inner):\n        inner()\nlast = Last()\n",
    "for a thread": "import threading\nthreading.Thread(target=inner).start()\n",
  };
  it.each(Object.entries(endings))("that is shutting down, waiting %s", async (_how, ending) => {
    const program = SLEEPER.replace(/outer\(\)\n$/, ending);
    await using place = startPlace([...python.command, "-c", program]);
    await place.line();
    using target = openProcess(place.pid());
    expect(namesOf(await sleepingStacks(target)).map(([innermost]) => innermost)).toContain("inner");
  });

  it("that forked without exec: each has its own threads", async () => {
    const program = `import os, threading, time
def helper():
    time.sleep(60)
thread = threading.Thread(target=helper)
thread.daemon = True
thread.start()
def child():
${SLEEPER.replaceAll(/^/gm, "    ")}
if os.fork() == 0:
    child()
    os._exit(0)
time.sleep(60)
`;
    await using place = startPlace([...python.command, "-W", "ignore", "-c", program]);
    const said = await place.line();
    const parentPid = place.pid();
    const childPid = childOf(parentPid);
    expect(said).toBe(`ready ${childPid}`);
    using parent = openProcess(parentPid);
    using child = openProcess(childPid);
    const stacks = await sleepingStacks(child);
    expect(namesOf(stacks)).toEqual([["inner", "outer", "child", "<module>"]]);
    expect(stacks.map(({ osThreadId, name }) => ({ osThreadId, name }))).toEqual([{ osThreadId: childPid, name: "MainThread" }]);
    const threads = await sleepingStacks(parent);
    expect(namesOf(threads).map((names) => names.at(-1) === "<module>" ? "main" : names[0]).toSorted()).toEqual(["helper", "main"]);
    expect(threads.map(({ osThreadId }) => osThreadId).toSorted()).toEqual(parent.threads().map(({ id }) => id).toSorted());
  });
});

describe("a Python that becomes another", () => {
  const [one, other] = [ours[0], ours.at(-1)];
  it.skipIf(one === other)(`while it is recorded: both are in the profile${one === other ? " [needs two Pythons]" : ""}`, async () => {
    const second = "import time\\ndef second():\\n    while True: time.sleep(0.001)\\nsecond()\\n";
    const first = `import os, sys
def first():
    sys.stdout.write("ready\\n"); sys.stdout.flush()
    sys.stdin.readline()
    os.execv(${JSON.stringify(other?.executable)}, [${JSON.stringify(other?.executable)}, "-c", "${second}"])
first()
`;
    await using place = startPlace([...(one?.command ?? []), "-c", first]);
    await place.line();
    const recording = record({ pid: place.pid(), rate: 200, duration: 30, idle: true, updateInterval: 0.05 });
    const functions = (): string[] => recording.profile?.toData().frames.map(({ name }) => name) ?? [];
    await until("the first program in the profile", () => functions().includes("first"));
    place.tell("\n");
    await until("the second program in the profile", () => functions().includes("second"));
    recording.stop();
    expect((await recording.result).end).toBe("stopped");
  });
});

describe("no interpreter yet, or any more", () => {
  const shared = ours.findLast((python) => libraryOf(python) !== "" && !python.isStatic);
  it.skipIf(!shared)(`in a program that has libpython mapped and never uses it${shared ? "" : " [needs a shared libpython]"}`, async () => {
    await using place = startPlace(["sleep", "60"], { env: { LD_PRELOAD: shared ? libraryOf(shared) : "" } });
    await until("sleep", () => isMapped(place, "libpython"));
    using target = openProcess(place.pid());
    const start = performance.now();
    const error = failureOf(() => attach(target, { wait: 200 }));
    expect(performance.now() - start).toBeGreaterThan(190);
    expect(error).toMatchObject({ code: "interpreter-not-found", mayCome: true });
    expect((error as Error).message).toMatch(/^process \d+ has Python 3\.\d+(\.\d+)?, but its interpreter state is not initialised \(yet, or any more\)\n/);
  });

  const linked = hasTool("cc") ? linkable().at(-1) : undefined;
  it.skipIf(!linked)(`in a C program that has finalised Python${linked ? "" : " [needs cc and a libpython to link]"}`, async () => {
    const program = compile("embed.c", join(folder, "embed"), linkFlags(linked as NonNullable<typeof linked>, "shared"));
    await using place = startPlace([program, "import sys", "linger"], { env: { PYTHONHOME: prefixOf(linked as NonNullable<typeof linked>) } });
    expect(await place.line()).toBe("finalized");
    using target = openProcess(place.pid());
    expect(failureOf(() => attach(target, { wait: 0 }))).toMatchObject({ code: "interpreter-not-found", mayCome: true });
  });
});

describe("a zombie", () => {
  it("is as good as no process", async () => {
    const program = `import os, sys
pid = os.fork()
if pid == 0:
    sys.stdin.readline()
    os._exit(0)
sys.stdout.write("%d\\n" % pid)
sys.stdout.flush()
import time
time.sleep(60)
`;
    await using place = startPlace([...anyPython().command, "-W", "ignore", "-c", program]);
    const pid = Number(await place.line());
    using before = openProcess(pid);
    const python = attach(before);
    place.tell("\n");
    await until("its end", () => !before.isAlive());
    const failures = [() => attach(before), () => readStacks(python), () => openProcess(pid), () => before.executable()].map(failureOf);
    for (const error of failures) expect(error).toMatchObject({ name: "ProcessError", code: "no-such-process", pid });
    const failed: unknown = await record({ pid, rate: 100, duration: 1 }).result.catch((reason: unknown) => reason);
    expect(failed).toBeInstanceOf(RecordingError);
    expect(failed).toMatchObject({ failure: { name: "ProcessError", code: "no-such-process" } });
  });
});

function isMapped(place: Place, name: string): boolean {
  using shell = openProcess(place.shell.pid as number);
  if (shell.children().length === 0) return false;
  using target = openProcess(place.pid());
  return target.memoryMaps().some(({ path }) => path.includes(name));
}

function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof AttachError || error instanceof ProcessError) return error;
    throw error;
  }
  throw new Error("no error");
}
