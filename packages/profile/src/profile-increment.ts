import type { Frame, Thread } from "./frame.ts";
import type { Profile, ProfileCounts } from "./profile.ts";
import { ProfileDataError } from "./profile-data-error.ts";
import type { ProfiledProcess } from "./profiled-process.ts";
import type { SampleBlocks } from "./sample-blocks.ts";
import type { StackColumns } from "./stack-table.ts";

/** How much of a profile is known elsewhere: numbers of frames, threads and stacks. */
export interface ProfileCursor {
  readonly frames: number;
  readonly threads: number;
  readonly stacks: number;
}

/** What came to a profile since a cursor, as plain data that `postMessage` takes. */
export interface ProfileIncrement {
  readonly since: ProfileCursor;
  readonly counts: ProfileCounts;
  readonly duration: number;
  readonly processes: readonly ProfiledProcess[];
  readonly frames: readonly Frame[];
  readonly threads: readonly Thread[];
  readonly stacks: StackColumns;
  readonly samples: SampleBlocks;
}

/** Where a profile without frames, threads and stacks stands. */
export const PROFILE_START: ProfileCursor = { frames: 0, threads: 0, stacks: 1 };

/**
 * Takes all samples out of a profile, with the frames, threads and stacks that it got since `since`. A profile made with
 * the same `info` that takes every increment in order holds what this one would have held.
 */
export function drainProfile(profile: Profile, since: ProfileCursor): { increment: ProfileIncrement; cursor: ProfileCursor } {
  const { parents, frames } = profile.stackColumns();
  const increment: ProfileIncrement = {
    since,
    counts: { ...profile.counts },
    duration: profile.duration,
    processes: profile.processes,
    frames: profile.frames.slice(since.frames),
    threads: profile.threads.slice(since.threads),
    stacks: { parents: parents.slice(since.stacks), frames: frames.slice(since.stacks) },
    samples: profile.takeSamples(),
  };
  return { increment, cursor: { frames: profile.frames.length, threads: profile.threads.length, stacks: parents.length } };
}

/** Puts an increment into a profile and takes over its blocks. Throws a `ProfileDataError` unless it goes on where the profile ends. */
export function applyIncrement(profile: Profile, increment: ProfileIncrement): void {
  const { since, counts, duration, processes, stacks, samples } = increment;
  requireAt("frames", profile.frames.length, since.frames);
  requireAt("threads", profile.threads.length, since.threads);
  requireAt("stacks", profile.stackCount, since.stacks);
  Object.assign(profile.counts, counts);
  profile.duration = duration;
  for (const process of processes) profile.addProcess(process);
  for (const frame of increment.frames) profile.frameId(frame);
  for (const thread of increment.threads) profile.threadId(thread);
  for (const [index, parent] of stacks.parents.entries()) profile.stackId(parent, stacks.frames[index]!);
  profile.addSamples(samples);
}

function requireAt(what: string, here: number, there: number): void {
  if (here !== there) throw new ProfileDataError(`increment from ${there} ${what} on, to a profile of ${here}`);
}
