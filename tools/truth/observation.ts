import type { Profile } from "@pyspy/profile";
import { SampleFlags } from "@pyspy/profile";

import { labelOf, type LabelRule } from "./program.ts";

/** What a recording says of one thread: columns, one element a sample. */
export interface Observation {
  readonly osThreadId: number;
  readonly labels: readonly string[];
  /** Seconds since 1970. */
  readonly times: Float64Array;
  /** Seconds that each stands for. */
  readonly weights: Float64Array;
  readonly idle: readonly boolean[];
  /** Seconds since 1970 of the recording. */
  readonly start: number;
  readonly end: number;
  /** Seconds between samples as asked for. */
  readonly interval: number;
}

/** One for each thread of the profile. */
export function observe(profile: Profile, rule: LabelRule): readonly Observation[] {
  const samples = [...profile.samples()];
  const labels = labelsOfStacks(profile, rule);
  const start = profile.info.startTime / 1000;
  return profile.threads.map(({ osThreadId }, thread) => {
    const mine = samples.filter((sample) => sample.thread === thread);
    return {
      osThreadId,
      labels: mine.map(({ stack }) => labels[stack] as string),
      times: Float64Array.from(mine, ({ time }) => start + time),
      weights: Float64Array.from(mine, ({ weight }) => weight * profile.info.interval),
      idle: mine.map(({ flags }) => (flags & SampleFlags.idle) !== 0),
      start,
      end: start + profile.duration,
      interval: profile.info.interval,
    };
  });
}

function labelsOfStacks(profile: Profile, rule: LabelRule): readonly string[] {
  return Array.from({ length: profile.stackCount }, (_, stack) =>
    labelOf(rule, profile.stackFrames(stack).map((id) => profile.frames[id] as Profile["frames"][number])),
  );
}
