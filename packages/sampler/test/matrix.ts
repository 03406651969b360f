import { type Program, programs, type Python, type Ready, startTarget, type Target, type TargetOptions, whyNot } from "@pyspy/test-fixtures";
import { openProcess, type Process } from "@pyspy/process";
import { attach, formatVersion, type Pausing, type Python as Attached, readStacks } from "@pyspy/sampler";
import { afterAll, expect, it } from "vitest";
import { type Matrix, writeResult } from "./matrix-results.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { unsupported } from "./supported.ts";
import { until } from "./until.ts";

/** These are never at rest: see churn.test.ts and matrix-parallel.test.ts. */
const moving: ReadonlySet<Program> = new Set<Program>(["churn.py", "parallel.py"]);

/** All that is at rest, and some once more at their extremes. */
const atRest: readonly (readonly [Program, readonly number[]])[] = [
  ...programs.filter((program) => !moving.has(program)).map((program) => [program, []] as const),
  ["still.py", [1]],
  ["still.py", [300]],
  ["deep.py", [10_000]],
  ["threads.py", [50]],
];

/** With one GIL only one of them runs at a time. */
const freeThreadedOnly: typeof atRest = [["threads.py", [3, 8]]];

/** A way to start a Python, and what is the case for it. */
export interface Row {
  readonly matrix: Matrix;
  readonly python: Python;
  /** Why it cannot be run here; "" if it can. */
  readonly reason: string;
  /** Programs to run; all when left out. */
  readonly only?: readonly Program[];
  /** Makes what is to be started, once. */
  readonly start: () => { readonly python: Python; readonly options: TargetOptions };
  readonly check?: (attached: Attached, process: Process) => void;
}

/** Runs every program in a row of the matrix, compares what is read with what it says of itself, and keeps the result. */
export function runRow({ matrix, python, reason, only, start, check }: Row): void {
  const passed: string[] = [];
  const wanted: string[] = [];
  for (const [program, args] of python.freeThreaded ? [...atRest, ...freeThreadedOnly] : atRest) {
    if (only && !only.includes(program)) continue;
    const title = [program, ...args].join(" ");
    const without = reason || unsupported(python) || whyNot(python, program);
    if (without === "") wanted.push(title);
    it.skipIf(without !== "")(`are what ${title} says${without && ` [${without}]`}`, async () => {
      const started = start();
      await using target = await startTarget(started.python, program, args, started.options);
      await expectStacksAsSaid(target, started.python, check);
      passed.push(title);
    });
  }
  afterAll(() => writeResult({ matrix, python, passed, wanted }));
}

async function expectStacksAsSaid({ pid, ready }: Target, { version, freeThreaded }: Python, check: Row["check"]): Promise<void> {
  using process = openProcess(pid);
  const attached = attach(process);
  expect(formatVersion(attached.version)).toBe(`${version.major}.${version.minor}.${version.micro}`);
  expect(attached.layout.freeThreaded).toBe(freeThreaded);
  check?.(attached, process);
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
