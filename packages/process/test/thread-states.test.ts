import { readFileSync } from "node:fs";
import { openProcess } from "@pyspy/process";
import { expect, it } from "vitest";
import { hasPython, python } from "./present.ts";
import { Target, until } from "./target.ts";

/** Runs when told so, until it is told something else; sleeps at all other times. */
const PROGRAM = `
import select, sys
for line in sys.stdin:
    sys.stdout.write("told\\n")
    sys.stdout.flush()
    if line == "run\\n":
        while not select.select([sys.stdin], [], [], 0)[0]: pass
`;

it.skipIf(!hasPython)(`a thread that stops running, or starts, is seen at once${hasPython ? "" : " [needs /usr/bin/python3]"}`, async () => {
  await using child = new Target([python, "-u", "-c", PROGRAM]);
  using target = openProcess(child.pid);
  using states = target.threadStates();
  for (let round = 0; round < 100; round++) {
    child.child.stdin?.write("run\n");
    await child.line();
    for (let read = 0; read < 200; read++) {
      expect(states.read(child.pid)).toBe("running");
      if (read % 50 === 0) expect(states.cpuTime(child.pid)).toBeGreaterThan(0);
    }
    child.child.stdin?.write("sleep\n");
    await child.line();
    await until("it to sleep", () => sleeps(child.pid));
    // Also where the time has just been asked for, which was charged when it went to sleep.
    if (round % 2 === 0) states.cpuTime(child.pid);
    expect(states.read(child.pid)).toBe("sleeping");
  }
});

it.skipIf(!hasPython)(`the CPU time of a thread grows while it runs, and only then${hasPython ? "" : " [needs /usr/bin/python3]"}`, async () => {
  await using child = new Target([python, "-u", "-c", PROGRAM]);
  using target = openProcess(child.pid);
  using states = target.threadStates();
  child.child.stdin?.write("sleep\n");
  await child.line();
  await until("it to sleep", () => sleeps(child.pid));
  const before = states.cpuTime(child.pid);
  expect(states.cpuTime(child.pid)).toBe(before);
  expect(target.threads().find(({ id }) => id === child.pid)?.cpuTime).toBe(before);
  child.child.stdin?.write("run\n");
  await child.line();
  await until("50 ms of work", () => states.cpuTime(child.pid) - before > 50e6);
  expect(states.cpuTime(4194304)).toBe(0);
});

function sleeps(pid: number): boolean {
  return /\) S /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
