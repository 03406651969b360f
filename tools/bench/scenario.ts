import { type Python, startTarget } from "@pyspy/test-fixtures";

import type { BenchProgram, Options } from "./options.ts";
import { type OtherLoad, watchOtherLoad } from "./other-load.ts";
import type { Measurement, Profiled, Profiler, Rate } from "./profiler.ts";
import { callsPerSample } from "./system-calls.ts";
import { startWork } from "./work-target.ts";

const CHURN_DEPTH = 900;

/** What is measured: every profiler on the same program, in turns. */
export interface Scenario {
  readonly python: Python;
  readonly program: BenchProgram;
  /** Frames; threads of the program of this name. */
  readonly depth: number;
  readonly profilers: readonly Profiler[];
}

/** One profiler at one rate in one scenario. */
export interface Result {
  readonly profiler: string;
  readonly rate: Rate;
  /** One for each round in which it could be measured. */
  readonly measurements: readonly (Measurement & OtherLoad)[];
  /** System calls of the whole profiler, by strace; undefined where they were not counted. */
  readonly callsPerSample?: number | undefined;
  /** What went wrong. */
  readonly failures: readonly string[];
}

interface Row {
  readonly profiler: Profiler;
  readonly rate: Rate;
  readonly measurements: (Measurement & OtherLoad)[];
  readonly failures: string[];
}

/** What goes on meanwhile. */
export interface Progress {
  tell(what: string): void;
  /** Stops the bench. */
  readonly signal: AbortSignal;
}

/**
 * Each round has a target of its own, which all profilers profile, one after the other. Rejects when stopped, or when
 * the target does not start; what goes wrong with a profiler is in the results.
 */
export async function measureScenario(scenario: Scenario, options: Options, progress: Progress): Promise<readonly Result[]> {
  const rows = rowsOf(scenario);
  for (let round = 1; round <= options.rounds; round++) {
    await using target = await start(scenario);
    for (const row of inTurn(rows, round)) {
      progress.signal.throwIfAborted();
      progress.tell(`round ${round} of ${options.rounds}: ${row.profiler.name} at ${row.rate}`);
      await measureRow(row, target, options.seconds);
    }
  }
  const calls = options.strace ? await countCalls(scenario, progress) : new Map<Profiler, number>();
  return rows.map(({ profiler, ...row }) => Object.assign(row, { profiler: profiler.name, callsPerSample: calls.get(profiler) }));
}

/** `churn.py`, which says what stacks it has, where Python's own limit lets it. */
async function start({ python, program, depth }: Scenario): Promise<Profiled & AsyncDisposable> {
  if (program === "churn" && depth <= CHURN_DEPTH) {
    const target = await startTarget(python, "churn.py", [depth]);
    return { ...target.ready, [Symbol.asyncDispose]: () => target.stop() };
  }
  const kinds = { busy: "still", churn: "moving", generators: "generators", coroutines: "coroutines", threads: "threads" } as const;
  return await startWork(python, kinds[program], depth);
}

function rowsOf({ profilers }: Scenario): readonly Row[] {
  return profilers.flatMap((profiler) => profiler.rates.map((rate) => ({ profiler, rate, measurements: [], failures: [] })));
}

/** Every other round backwards, so that nobody always runs after the same one. */
function inTurn(rows: readonly Row[], round: number): readonly Row[] {
  return round % 2 === 0 ? rows.toReversed() : rows;
}

async function measureRow({ profiler, rate, measurements, failures }: Row, ready: Profiled, seconds: number): Promise<void> {
  try {
    const otherLoad = watchOtherLoad(ready.pid);
    const measurement = await profiler.measure(ready, rate, seconds);
    measurements.push({ ...measurement, ...otherLoad() });
  } catch (error) {
    failures.push((error as Error).message);
  }
}

/** A profiler that cannot be traced is left out: its calls are not known. */
async function countCalls(scenario: Scenario, { signal, tell }: Progress): Promise<Map<Profiler, number>> {
  const { profilers } = scenario;
  await using target = await start(scenario);
  const calls = new Map<Profiler, number>();
  for (const profiler of profilers) {
    if (profiler.counted === undefined) continue;
    signal.throwIfAborted();
    tell(`system calls of ${profiler.name}`);
    try {
      calls.set(profiler, await callsPerSample(profiler.counted, target));
    } catch (error) {
      tell(`system calls of ${profiler.name}: ${(error as Error).message}`);
    }
  }
  return calls;
}
