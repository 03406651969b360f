import { BoundedProgram } from "./bounded-program.ts";
import { answerIn, type ChildRequest, childCommand } from "./child.ts";
import { type Measurement, type Profiled, type Profiler, type Rate, share, TOP_RATE } from "./profiler.ts";
import type { RecordingAnswer } from "./recording-child.ts";
import { COUNTED_RATE } from "./system-calls.ts";
import { warmUp } from "./warm-up.ts";

const START_SECONDS = 60;

const command = childCommand(new URL("./recording-child.ts", import.meta.url));

/** A whole recording of ours, with clock, thread states and profile, by `record` of @pyspy/sampler. */
export function recording(rates: readonly Rate[]): Profiler {
  return {
    name: "pyspy",
    rates,
    measure,
    counted: {
      command: () => command,
      input: (ready, seconds) => JSON.stringify(requestFor(ready, COUNTED_RATE, seconds)),
      samples: (output) => answerIn<RecordingAnswer>(output).allSamples,
    },
  };
}

async function measure(ready: Profiled, rate: Rate, seconds: number): Promise<Measurement> {
  const request = requestFor(ready, rate === "top" ? TOP_RATE : rate, seconds);
  await using program = new BoundedProgram(command, START_SECONDS + 2 * seconds, JSON.stringify(request));
  const answer = answerIn<RecordingAnswer>(await program.end());
  return {
    samplesPerSecond: answer.samples / answer.seconds,
    cpu: answer.cpuSeconds / answer.seconds,
    torn: share(answer.torn, answer.samples),
    failed: share(answer.failed, answer.samples),
  };
}

function requestFor({ pid }: Profiled, rate: number, seconds: number): ChildRequest {
  return { pid, rate, seconds, warmUp: warmUp(seconds) };
}
