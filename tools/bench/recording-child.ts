/** Records, as the command line does, and says what that cost this process. */
import { setTimeout as delay } from "node:timers/promises";

import { record } from "@pyspy/sampler";

import { answer, type ChildRequest, readRequest } from "./child.ts";

const START_SECONDS = 30;
const POLL_MS = 20;

export interface RecordingAnswer {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly samples: number;
  readonly torn: number;
  readonly failed: number;
  /** Samples from start to end, warm-up included. */
  readonly allSamples: number;
  /** Samples in the profile, of all threads. */
  readonly inProfile: number;
}

answer(await measure(await readRequest()));

async function measure({ pid, rate, seconds, warmUp, pausing }: ChildRequest): Promise<RecordingAnswer> {
  const recording = record({ pid, rate, duration: START_SECONDS + warmUp + seconds, ...(pausing && { pausing }) });
  const { progress, result } = recording;
  const started = performance.now();
  while (progress.ticks === 0) {
    if (performance.now() - started > START_SECONDS * 1000) throw new Error("the recording did not start");
    await Promise.race([delay(POLL_MS), result]); // the result comes first only when recording fails
  }
  await delay(warmUp * 1000);
  const before = { time: performance.now(), ticks: progress.ticks, torn: progress.torn, errors: progress.errors };
  const cpu = process.cpuUsage();
  await delay(seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const elapsed = (performance.now() - before.time) / 1000;
  const counts = { samples: progress.ticks - before.ticks, torn: progress.torn - before.torn, failed: progress.errors - before.errors };
  recording.stop();
  const { profile } = await result;
  return {
    seconds: elapsed,
    cpuSeconds: (user + system) / 1e6,
    ...counts,
    allSamples: progress.ticks,
    inProfile: profile.sampleCount,
  };
}
