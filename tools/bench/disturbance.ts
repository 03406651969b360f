import type { Python } from "@pyspy/test-fixtures";
import { setTimeout as delay } from "node:timers/promises";

import { type Background, backgrounds, peakRss } from "./background.ts";
import { BoundedProgram } from "./bounded-program.ts";
import type { Options } from "./options.ts";
import { processCpu } from "./process-cpu.ts";
import { median } from "./report.ts";
import type { Progress } from "./scenario.ts";
import { startWork, type WorkTarget } from "./work-target.ts";

/** A profiler has attached by then. */
const START_SECONDS = 1.5;
const LIMIT_SECONDS = 120;
/** Frames of the target. */
const DEPTH = 50;
const RATES = [100, 1000] as const;

/** What a profiler costs: the target, and the machine. */
export interface Disturbance {
  readonly python: string;
  readonly kind: "still" | "moving";
  readonly profiler: string;
  readonly mode: Background["mode"];
  readonly rate: number;
  /** How much less the target does, as a share of what it does alone; a median of rounds, which are here too. */
  readonly slowDown: number;
  readonly rounds: readonly number[];
  /** Of a core. */
  readonly cpu: number;
  /** MiB in memory, at most. */
  readonly peakMiB: number;
  readonly failure?: string;
}

/** The target alone and beside a profiler, by turns: what it does beside it, as a share of what it does before and after. */
export async function measureDisturbance(python: Python, options: Options, { tell, signal }: Progress): Promise<readonly Disturbance[]> {
  const found: Disturbance[] = [];
  for (const kind of ["still", "moving"] as const) {
    await using target = await startWork(python, kind, DEPTH);
    for (const background of backgrounds(python, options.peers)) {
      for (const rate of RATES) {
        signal.throwIfAborted();
        tell(`${python.label}, ${kind}: slow-down by ${background.name}, ${background.mode}, at ${rate} Hz`);
        const about = { python: python.label, kind, profiler: background.name, mode: background.mode, rate };
        found.push({ ...about, ...(await disturb(target, background, rate, options)) });
      }
    }
  }
  return found;
}

type Cost = Pick<Disturbance, "slowDown" | "rounds" | "cpu" | "peakMiB" | "failure">;

async function disturb(target: WorkTarget, background: Background, rate: number, { rounds, seconds }: Options): Promise<Cost> {
  const ratios: number[] = [];
  const cpus: number[] = [];
  let peak = 0;
  try {
    let before = await throughput(target, seconds);
    for (let round = 0; round < rounds; round++) {
      await using program = new BoundedProgram(background.command(target.pid, rate), LIMIT_SECONDS, background.input?.(target.pid, rate));
      await program.run(START_SECONDS);
      const start = { cpu: processCpu(program.pid), time: performance.now() };
      const during = await throughput(target, seconds);
      cpus.push((processCpu(program.pid) - start.cpu) / ((performance.now() - start.time) / 1000));
      peak = Math.max(peak, peakRss(program.pid));
      await program.run(0.001); // throws if it has ended
      program.kill();
      await program.finished();
      const after = await throughput(target, seconds);
      ratios.push(1 - during / ((before + after) / 2));
      before = after;
    }
    return { slowDown: median(ratios), rounds: ratios, cpu: median(cpus), peakMiB: peak / 1024 };
  } catch (error) {
    return { slowDown: Number.NaN, rounds: ratios, cpu: Number.NaN, peakMiB: Number.NaN, failure: (error as Error).message };
  }
}

/** Batches a second. */
async function throughput(target: WorkTarget, seconds: number): Promise<number> {
  const start = { done: target.done(), time: performance.now() };
  await delay(seconds * 1000);
  return (target.done() - start.done) / (performance.now() - start.time);
}
