import { BoundedProgram } from "./bounded-program.ts";
import { answerIn, type ChildRequest, childCommand } from "./child.ts";
import { type Measurement, type Profiled, type Profiler, share } from "./profiler.ts";
import type { ReaderAnswer } from "./reader-child.ts";
import { warmUp } from "./warm-up.ts";

const START_SECONDS = 60;

/** Our reader of stacks alone, in a tight loop: what a sample costs before anything is done with it. */
export const reader: Profiler = { name: "pyspy, reading only", rates: ["top"], measure, counted: undefined };

async function measure(ready: Profiled, _rate: "top" | number, seconds: number): Promise<Measurement> {
  const request: ChildRequest = {
    pid: ready.pid,
    rate: 0,
    seconds,
    warmUp: warmUp(seconds),
    ...(ready.legal && { legal: ready.legal }),
  };
  const command = childCommand(new URL("./reader-child.ts", import.meta.url));
  await using program = new BoundedProgram(command, START_SECONDS + 3 * seconds, JSON.stringify(request));
  const { samples, kept, torn, failed, calls, legal, ...spent } = answerIn<ReaderAnswer>(await program.end());
  const stacks = kept + torn + failed;
  return {
    samplesPerSecond: samples / spent.seconds,
    cpu: spent.cpuSeconds / spent.seconds,
    torn: share(torn, stacks),
    failed: share(failed, stacks),
    callsPerSample: calls / samples,
    ...(legal !== undefined && { legal }),
  };
}
