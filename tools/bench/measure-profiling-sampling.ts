import { spawnSync } from "node:child_process";

import type { Python } from "@pyspy/test-fixtures";

import { BoundedProgram, DISCARD } from "./bounded-program.ts";
import { besideProcess } from "./own-proc.ts";
import { processCpu } from "./process-cpu.ts";
import { type Measurement, type Profiled, type Profiler, type Rate, TOP_RATE } from "./profiler.ts";
import { COUNTED_RATE } from "./system-calls.ts";
import { warmUp } from "./warm-up.ts";

/** It doesn't say when it starts to sample; afterwards it says for how long it did, so we know whether this sufficed. */
const START_SECONDS = [1.5, 6] as const;
const LONG_SECONDS = 100_000;
const LIMIT_SECONDS = 60;

/** CPython's own sampler (3.15 and later), which reads processes of its own minor version only: `python`'s. */
export function findProfilingSampling(python: Python, rates: readonly Rate[]): Profiler | undefined {
  const [program = "", ...args] = [...python.command, "-c", "import profiling.sampling, _remote_debugging"];
  if (spawnSync(program, args, { timeout: 30_000 }).status !== 0) return undefined;
  const { major, minor, micro } = python.version;
  return {
    name: `profiling.sampling ${major}.${minor}.${micro}`,
    rates,
    measure: (ready, rate, seconds) => measure(python, ready, rate, seconds),
    counted: {
      command: (ready, seconds) => profilingSamplingCommand(python, ready, COUNTED_RATE, seconds),
      samples: (output) => summary(output).samples,
    },
  };
}

async function measure(python: Python, ready: Profiled, rate: Rate, seconds: number): Promise<Measurement> {
  const args = profilingSamplingCommand(python, ready, rate === "top" ? TOP_RATE : rate, LONG_SECONDS);
  for (const start of START_SECONDS) {
    const measurement = await tryMeasure(args, seconds, start);
    if (measurement) return measurement;
  }
  throw new Error(`profiling.sampling took more than ${START_SECONDS.at(-1)} s to start`);
}

/** Undefined when it did not sample for all of the time in which its CPU time was measured. */
async function tryMeasure(args: readonly string[], seconds: number, start: number): Promise<Measurement | undefined> {
  await using program = new BoundedProgram(args, LIMIT_SECONDS + 2 * seconds);
  await program.run(start + warmUp(seconds));
  const before = { time: performance.now(), cpu: processCpu(program.pid) };
  await program.run(seconds);
  const window = (performance.now() - before.time) / 1000;
  const cpu = (processCpu(program.pid) - before.cpu) / window;
  program.interrupt();
  const output = await program.finished();
  if (!output.includes("Captured")) return undefined; // interrupted before it began
  const said = summary(output);
  if (said.seconds < window) return undefined;
  return { samplesPerSecond: said.samples / said.seconds, cpu, torn: 0, failed: said.failed };
}

/** Attaches, and writes collapsed stacks where nobody reads them. */
export function profilingSamplingCommand(python: Python, { pid }: Profiled, rate: number, seconds: number): readonly string[] {
  const sampling = ["--sampling-rate", String(rate), "--duration", String(seconds), "--collapsed", "--output", DISCARD];
  return [...besideProcess(python, pid), "-m", "profiling.sampling", "attach", ...sampling, String(pid)];
}

function summary(output: string): { samples: number; seconds: number; failed: number } {
  const [, samples, seconds] = /Captured ([\d,]+) samples in ([\d.]+) seconds/.exec(output) ?? [];
  const [, percent] = /Error rate: ([\d.]+)/.exec(output) ?? [];
  if (samples === undefined || percent === undefined) {
    throw new Error(`profiling.sampling did not say how many samples it took: ${output.slice(-1000)}`);
  }
  return { samples: Number(samples.replaceAll(",", "")), seconds: Number(seconds), failed: Number(percent) / 100 };
}
