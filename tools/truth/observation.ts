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
  const { threads, stacks, times, weights, flags } = profile.sampleColumns();
  const labels = labelsOfStacks(profile, rule);
  const start = profile.info.startTime / 1000;
  return profile.threads.map(({ osThreadId }, thread) => {
    const mine = Array.from(threads.keys()).filter((index) => threads[index] === thread);
    return {
      osThreadId,
      labels: mine.map((index) => labels[stacks[index] as number] as string),
      times: Float64Array.from(mine, (index) => start + (times[index] as number)),
      weights: Float64Array.from(mine, (index) => (weights[index] as number) * profile.info.interval),
      idle: mine.map((index) => ((flags[index] as number) & SampleFlags.idle) !== 0),
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
