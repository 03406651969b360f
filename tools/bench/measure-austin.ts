import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

import { BoundedProgram, DISCARD } from "./bounded-program.ts";
import { processCpu } from "./process-cpu.ts";
import { type Measurement, type Profiled, type Profiler, type Rate, share } from "./profiler.ts";
import { warmUp } from "./warm-up.ts";

/** It does not say when it has attached. */
const START_SECONDS = 0.7;
const LIMIT_SECONDS = 60;

/** Austin, where it is installed. */
export function findAustin(rates: readonly Rate[]): Profiler | undefined {
  const answer = spawnSync("austin", ["--version"], { encoding: "utf8", timeout: 30_000 });
  if (answer.status !== 0) return undefined;
  return { name: answer.stdout.trim(), rates, measure, counted: undefined };
}

/** Its interval is in whole microseconds, of which it takes one as its least. */
export function austinCommand({ pid }: Profiled, rate: Rate): readonly string[] {
  const interval = rate === "top" ? 1 : Math.round(1_000_000 / rate);
  return ["austin", "--interval", String(interval), "--output", DISCARD, "--pid", String(pid)];
}

async function measure(ready: Profiled, rate: Rate, seconds: number): Promise<Measurement> {
  await using program = new BoundedProgram(austinCommand(ready, rate), LIMIT_SECONDS + 2 * seconds);
  await program.run(START_SECONDS + warmUp(seconds));
  const before = { time: performance.now(), cpu: processCpu(program.pid) };
  await program.run(seconds);
  const cpu = (processCpu(program.pid) - before.cpu) / ((performance.now() - before.time) / 1000);
  program.interrupt();
  const threads = readdirSync(`/proc/${ready.pid}/task`).length; // it counts each thread's stack as a sample
  const { samplesPerSecond, failed } = statistics(await program.finished());
  return { samplesPerSecond: samplesPerSecond / threads, cpu, torn: 0, failed };
}

/** From what it writes at its end: version 4 has a rate, version 3 a duration; both the errors of all samples. */
export function statistics(output: string): { readonly samplesPerSecond: number; readonly failed: number } {
  // oxlint-disable-next-line no-control-regex -- colours
  const text = output.replaceAll(/\x1b\[[\d;]*m/g, "");
  const [, errors, samples] = /Error rate[ .:]*(\d+)\/(\d+)/.exec(text) ?? [];
  const [, duration] = /(?:Total|Sampling) duration[ .:]*([\d.]+) ?s/.exec(text) ?? [];
  if (samples === undefined || duration === undefined) throw new Error(`austin did not say how many samples it took: ${text.slice(-1000)}`);
  return { samplesPerSecond: Number(samples) / Number(duration), failed: share(Number(errors), Number(samples)) };
}
