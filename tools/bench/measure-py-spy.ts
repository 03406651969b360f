import { pySpy, pySpyVersion } from "@pyspy/test-fixtures";

import { BoundedProgram, DISCARD } from "./bounded-program.ts";
import { processCpu } from "./process-cpu.ts";
import { type Measurement, type Profiled, type Profiler, type Rate, share, TOP_RATE } from "./profiler.ts";
import { COUNTED_RATE } from "./system-calls.ts";
import { warmUp } from "./warm-up.ts";

const START_SECONDS = 60;
/** It takes this for a number of samples; it is interrupted long before. */
const LONG_SECONDS = 100_000;

/** The pinned py-spy, where it can be had. */
export function findPySpy(rates: readonly Rate[]): Profiler | undefined {
  if (pySpy() === undefined) return undefined;
  return {
    name: `py-spy ${pySpyVersion}`,
    rates,
    measure,
    counted: { command: (ready, seconds) => command(ready, COUNTED_RATE, seconds), samples: (output) => counts(output).samples },
  };
}

async function measure(ready: Profiled, rate: Rate, seconds: number): Promise<Measurement> {
  const args = command(ready, rate === "top" ? TOP_RATE : rate, LONG_SECONDS);
  await using program = new BoundedProgram(args, START_SECONDS + 2 * seconds);
  await program.wrote(/Sampling process/); // said when it has attached
  const start = performance.now();
  await program.run(warmUp(seconds));
  const before = { time: performance.now(), cpu: processCpu(program.pid) };
  await program.run(seconds);
  const now = performance.now();
  const cpu = (processCpu(program.pid) - before.cpu) / ((now - before.time) / 1000);
  program.interrupt();
  const { samples, errors } = counts(await program.end());
  return { samplesPerSecond: (samples + errors) / ((now - start) / 1000), cpu, torn: 0, failed: share(errors, samples + errors) };
}

function command({ pid }: Profiled, rate: number, seconds: number): readonly string[] {
  const sampling = ["--rate", String(rate), "--duration", String(seconds)];
  return [pySpy() as string, "record", "--pid", String(pid), "--format", "raw", "--output", DISCARD, ...sampling];
}

function counts(output: string): { samples: number; errors: number } {
  const [, samples, errors] = /Samples: (\d+) Errors: (\d+)/.exec(output) ?? [];
  if (samples === undefined) throw new Error(`py-spy did not say how many samples it took: ${output.slice(-1000)}`);
  return { samples: Number(samples), errors: Number(errors) };
}
