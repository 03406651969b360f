import type { StackId } from "@pyspy/profile";
import { SpanClock } from "./span-clock.ts";
import type { TrackSamples } from "./track-samples.ts";

/** A stretch of a track's time. */
export interface Span {
  /** Seconds since the start of the recording. */
  readonly start: number;
  readonly end: number;
  /** 0 where the thread was idle or not there. */
  readonly stack: StackId;
  /** Seconds of CPU time that the thread had been charged with up to `start`; 0 where it is not known. */
  readonly cpuTime: number;
}

/** A track's time from 0 to its last sample's end, without holes. */
export function* spansOf(interval: number, samples: TrackSamples): Iterable<Span> {
  const clock = new SpanClock(interval);
  let cpuTime = 0;
  let length = 0;
  while (samples.next()) {
    clock.add(samples.time, samples.weight);
    const { idleFrom, start, end } = clock;
    // What was used since the sample before was used before the thread became idle, as far as there was time for it
    if (idleFrom < start) yield { start: idleFrom, end: start, stack: 0, cpuTime: cpuTime + Math.min(samples.cpuTime, length) };
    cpuTime += samples.cpuTime;
    length = end - start;
    yield { start, end, stack: samples.stack, cpuTime };
  }
}

/** Whole nanoseconds, in seconds: enough, and spares the file digits like those of 0.1 + 0.2. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e9) / 1e9;
}
