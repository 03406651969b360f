import { type LegalFrame, type Python as Interpreter, pythons, startTarget } from "@pyspy/test-fixtures";
import { openProcess, ProcessError } from "@pyspy/process";
import { attach, type Pausing, type Python, type PythonFrame } from "@pyspy/sampler";
import { describe, expect, it } from "vitest";
import { unsupported } from "./supported.ts";

interface Seen {
  /** Stacks that the sampler vouches for and that the program can have. */
  legal: number;
  /** Stacks that the sampler vouches for and that the program cannot have, by their innermost frames. */
  readonly illegal: Map<string, number>;
  /** Of all that the sampler vouches for: the innermost function and who called it. */
  readonly leaves: Map<string, number>;
  /** What the sampler does not vouch for, by outcome. */
  readonly doubtful: Map<string, number>;
}

/** churn.py calls tiny functions without end: what is read of it is of the moment of reading, or of none. */
describe.each(pythons().map((python) => [python.label, python] as const))("stacks of churn.py under %s", (_, interpreter) => {
  const reason = unsupported(interpreter);

  it.skipIf(reason !== "")(`exist, as sampled in every mode${reason && ` [${reason}]`}`, async () => {
    await using target = await startTarget(interpreter, "churn.py");
    using process = openProcess(target.pid);
    const python = attach(process);
    const legal = target.ready.legal ?? [];
    expectAllLegal(sample(python, legal, "always", 1000), 1000);
    expectLegal(sample(python, legal, "when-needed", 3000), 3000, interpreter);
    const never = sample(python, legal, "never", 3000);
    if (python.layout.traits.frames === "data-stack") expectLegal(never, 3000, interpreter);
    else expect(never.legal).toBeGreaterThan(0);
  });
});

/**
 * Off by as much as 14 points while a frame that is being cleared counted as live; by 3, and what chance adds, since. In
 * earlier versions frames lie such that short functions are still off by more.
 */
const MOST_OFF = 0.08;

describe.each(pythons().filter(({ version }) => version.minor >= 15).map((python) => [python.label, python] as const))("leaves of churn.py under %s", (_, interpreter) => {
  const reason = unsupported(interpreter);

  it.skipIf(reason !== "")(`have the shares that they have in the stopped program${reason && ` [${reason}]`}`, async () => {
    await using target = await startTarget(interpreter, "churn.py");
    using process = openProcess(target.pid);
    const python = attach(process);
    const legal = target.ready.legal ?? [];
    sample(python, legal, "never", 3000);
    const stopped = new Map<string, number>();
    const moving = new Map<string, number>();
    for (let round = 0; round < 10; round++) {
      addShares(stopped, sample(python, legal, "always", 400), 10);
      addShares(moving, sample(python, legal, "never", 600), 10);
    }
    for (const leaf of stopped.keys()) {
      const off = Math.abs((moving.get(leaf) ?? 0) - (stopped.get(leaf) as number));
      expect(off, `${leaf}: ${JSON.stringify([[...stopped], [...moving]])}`).toBeLessThan(MOST_OFF);
    }
  });
});

function addShares(shares: Map<string, number>, { leaves }: Seen, rounds: number): void {
  let count = 0;
  for (const times of leaves.values()) count += times;
  for (const [leaf, times] of leaves) shares.set(leaf, (shares.get(leaf) ?? 0) + times / count / rounds);
}

function expectAllLegal({ legal, illegal, doubtful }: Seen, count: number): void {
  expect([...illegal]).toEqual([]);
  expect([...doubtful]).toEqual([]);
  expect(legal).toBe(count);
}

/**
 * 99.5 %: once the calls of the program are known, hardly any is not legal; in the first thousands of samples, and on a
 * machine that is busy otherwise, a few more. Reading frame by frame gets a tenth to a third wrong.
 */
function expectLegal({ legal, illegal, doubtful }: Seen, count: number, interpreter: Interpreter): void {
  // Paused for each sample: nothing moves.
  const bound = interpreter.version.minor <= 10 ? count : count * 0.995;
  expect(legal, JSON.stringify([[...illegal], [...doubtful]])).toBeGreaterThanOrEqual(bound);
}

function sample(python: Python, legal: readonly (readonly LegalFrame[])[], pausing: Pausing, count: number): Seen {
  const seen: Seen = { legal: 0, illegal: new Map(), leaves: new Map(), doubtful: new Map() };
  for (let taken = 0; taken < count; taken++) {
    waitOutOfStep();
    const [slot, ...others] = sampleOnce(python, pausing);
    expect(others).toEqual([]);
    if (slot?.outcome !== "exact") {
      countUp(seen.doubtful, slot?.outcome ?? "no thread");
      continue;
    }
    const frames: PythonFrame[] = [];
    for (let index = slot.stack.depth - 1; index >= 0; index--) {
      const frame = python.frames.resolve(slot.stack.codes[index] as number, slot.stack.instructions[index] as number);
      if (frame) frames.push(frame);
    }
    countUp(seen.leaves, frames.slice(0, 2).map(({ name }) => name).join(" < "));
    if (legal.some((stack) => isStack(stack, frames))) seen.legal++;
    else countUp(seen.illegal, frames.slice(0, 4).map(({ name, line }) => `${name}:${line}`).join(" < "));
  }
  return seen;
}

/** On an overloaded machine, a process may not stop within the second that it is given. */
function sampleOnce(python: Python, pausing: Pausing): ReturnType<Python["sample"]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return python.sample(pausing);
    } catch (error) {
      if (attempt === 3 || !(error instanceof ProcessError && error.code === "pause-failed")) throw error;
    }
  }
}

/** Up to 50 microseconds, so that samples do not follow the program's own beat. */
function waitOutOfStep(): void {
  const end = performance.now() + Math.random() * 0.05;
  while (performance.now() < end) continue;
}

function isStack(legal: readonly LegalFrame[], frames: readonly PythonFrame[]): boolean {
  if (legal.length !== frames.length) return false;
  return legal.every(({ name, file, lines }, index) => {
    const frame = frames[index] as PythonFrame;
    return frame.name === name && frame.file === file && lines.includes(frame.line);
  });
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
