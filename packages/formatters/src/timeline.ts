import type { Profile, StackId } from "@pyspy/profile";
import type { Track } from "./track.ts";

/** A stretch of a track's time. */
export interface Span {
  /** Seconds since the start of the recording. */
  readonly start: number;
  readonly end: number;
  /** 0 where the thread was idle or not there. */
  readonly stack: StackId;
}

/** Longer than this many times what a sample stands for without another, and the thread was idle. */
const idleGap = 1.5;

/**
 * A track's time from 0 to its last sample's end, without holes. A span is as long as its sample's weight says, so that
 * sums are exact; a run of samples starts at its first one's time, so that tracks line up.
 */
export function* spansOf(profile: Profile, track: Track): Iterable<Span> {
  const { stacks, times, weights } = profile.sampleColumns();
  const { interval } = profile.info;
  let runStart = 0;
  let runWeight = 0;
  let previousTime = 0;
  let previousWeight = 0.5 / idleGap;
  for (const index of track.samples) {
    const end = runStart + runWeight * interval;
    const time = times[index]!;
    if (time - previousTime > idleGap * previousWeight * interval && time > end) {
      yield { start: end, end: time, stack: 0 };
      runStart = time;
      runWeight = 0;
    }
    previousTime = time;
    previousWeight = weights[index]!;
    const start = runStart + runWeight * interval;
    runWeight += previousWeight;
    yield { start, end: runStart + runWeight * interval, stack: stacks[index]! };
  }
}

/** End of the recording in seconds: as long as it was said to be, or the end of the last span. */
export function recordingEnd(profile: Profile, tracks: readonly Track[]): number {
  let end = profile.duration;
  for (const track of tracks) {
    for (const span of spansOf(profile, track)) end = Math.max(end, span.end);
  }
  return end;
}

/** Whole nanoseconds, in seconds: enough, and spares the file digits like those of 0.1 + 0.2. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e9) / 1e9;
}
