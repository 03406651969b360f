import { type Program, programs, type Python, pythons, type Ready, startTarget, type Target, whyNot } from "@pyspy/test-fixtures";
import { openProcess, type Process } from "@pyspy/process";
import { attach, formatVersion, type Pausing, readStacks } from "@pyspy/sampler";
import { describe, expect, it } from "vitest";
import { read, saidBy } from "./ready-stacks.ts";
import { unsupported } from "./supported.ts";
import { until } from "./until.ts";

/** churn.py is never at rest: see churn.test.ts. */
const atRest: readonly (readonly [Program, readonly number[]])[] = [
  ...programs.filter((program) => program !== "churn.py").map((program) => [program, []] as const),
  ["still.py", [1]],
  ["still.py", [300]],
  ["deep.py", [5000]],
  ["threads.py", [60]],
];

describe.each(pythons().map((python) => [python.label, python] as const))("stacks of %s", (_, python) => {
  for (const [program, args] of atRest) {
    const reason = unsupported(python) || whyNot(python, program);
    it.skipIf(reason !== "")(`are what ${[program, ...args].join(" ")} says${reason && ` [${reason}]`}`, async () => {
      await using target = await startTarget(python, program, args);
      await expectStacksAsSaid(target, python);
    });
  }
});

async function expectStacksAsSaid({ pid, ready }: Target, { version, freeThreaded }: Python): Promise<void> {
  using process = openProcess(pid);
  const attached = attach(process);
  expect(formatVersion(attached.version)).toBe(`${version.major}.${version.minor}.${version.micro}`);
  expect(attached.layout.freeThreaded).toBe(freeThreaded);
  // The first sample finds its way, later ones know it.
  const modes: readonly Pausing[] = ["never", "never", "when-needed", "when-needed", "always", "never"];
  for (const pausing of modes) {
    await until("threads to sleep on after a pause", () => isAtRest(process, ready));
    const stacks = readStacks(attached, { pausing });
    expect(read(stacks), pausing).toEqual(saidBy(ready));
    const waiting = stacks.filter(({ active }) => !active);
    expect(waiting.filter(({ holdsGil }) => holdsGil), `${pausing}: threads that hold the GIL in their sleep`).toEqual([]);
  }
}

function isAtRest(process: Process, { threads }: Ready): boolean {
  const states = new Map(process.threads().map(({ id, state }) => [id, state]));
  return threads.every(({ running, nativeId }) => states.get(nativeId ?? process.pid) === (running ? "running" : "sleeping"));
}
