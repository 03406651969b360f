import { Profile, type Sample } from "@pyspy/profile";

import type { Distort } from "./suite.ts";

/** Samplers that are wrong, made from recordings that are right: the suite has to fail on each. */
export const doubles = {
  /** Loses the innermost frame of every fifth sample. */
  "top-dropped": (profile) => changed(profile, (sample, index) => [index % 5 === 0 ? { ...sample, stack: profile.stackParent(sample.stack) } : sample]),
  /** Throws two in five samples away in which the stack is not that of the sample before: it moved. */
  "moving-lost": (profile) =>
    changed(profile, (sample, index, all) => {
      const moved = index > 0 && all[index - 1]?.stack !== sample.stack;
      return moved && index % 5 < 2 ? [] : [sample];
    }),
  /** Fails on a third of the samples in the function seen least often, as the shortest do not hold still. */
  "fleeting-lost": (profile) => {
    const rarest = rarestLeaf(profile);
    return changed(profile, (sample, index) => (index % 3 === 0 && leafOf(profile, sample) === rarest ? [] : [sample]));
  },
  /** Drops late ticks and does not say so. */
  "late-unweighted": (profile) => changed(profile, (sample, index) => (index % 10 < 3 ? [] : [sample])),
  /** Shows every third sample with the stack of the one before: what was read has not been checked. */
  stale: (profile) => changed(profile, (sample, index, all) => [index % 3 === 0 ? { ...sample, stack: (all[index - 1] ?? sample).stack } : sample]),
  /** Always sees what it saw first. */
  stuck: (profile) => changed(profile, (sample, _, all) => [{ ...sample, stack: (all[0] ?? sample).stack }]),
} satisfies Record<string, Distort>;

/** The samples of a recording taken with more of them, at most one in each interval, at its beginning: no jitter. */
export function withoutJitter(profile: Profile, interval: number): Profile {
  let due = 0;
  const info = { ...profile.info, interval };
  return changed(profile, (sample) => {
    if (sample.time < due) return [];
    due = (Math.floor(sample.time / interval) + 1) * interval;
    return [{ ...sample, weight: 1 }];
  }, info);
}

function leafOf(profile: Profile, { stack }: Sample): string {
  return profile.frames[profile.stackFrame(stack)]?.name ?? "";
}

function rarestLeaf(profile: Profile): string {
  const counts = new Map<string, number>();
  for (const sample of profile.samples()) {
    const leaf = leafOf(profile, sample);
    counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  }
  const often = [...counts].filter(([, count]) => count > profile.sampleCount / 50);
  return often.toSorted(([, a], [, b]) => a - b)[0]?.[0] ?? "";
}

type Change = (sample: Sample, index: number, all: readonly Sample[]) => readonly Sample[];

function changed(profile: Profile, change: Change, info = profile.info): Profile {
  const data = profile.toData();
  const result = Profile.fromData({ ...data, info, samples: { count: 0, blocks: [] } });
  for (const { thread, stack, time, weight, flags, cpuTime } of [...profile.samples()].flatMap(change)) {
    result.addSample(thread, stack, time, weight, flags, cpuTime);
  }
  return result;
}
