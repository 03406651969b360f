import type { ThreadId, StackId } from "./profile.ts";
import { ProfileDataError } from "./profile-data-error.ts";
import { MAX_TIME, MAX_WEIGHT } from "./sample-code.ts";
import { SampleCursor } from "./sample-cursor.ts";

/** Samples in the order they were added, coded as `sample-code.ts` says; each block can be read by itself. */
export interface SampleBlocks {
  /** Number of samples. */
  readonly count: number;
  readonly blocks: readonly Uint8Array[];
}

/**
 * Throws a ProfileDataError unless the blocks hold `count` samples of threads and stacks below these. Any bytes are
 * decided on in time that their number bounds.
 */
export function validateSamples(samples: SampleBlocks, threadCount: ThreadId, stackCount: StackId): void {
  const { count, blocks } = samples;
  // One more, so that what is too much shows
  const cursor = new SampleCursor({ count: count + 1, blocks }, threadCount);
  let index = 0;
  for (; cursor.next(); index++) {
    if (cursor.isCutOff) fail(index, "a whole code", "the end of its block");
    if (!(cursor.thread < threadCount)) fail(index, `a thread below ${threadCount}`, cursor.thread);
    if (!(cursor.stack < stackCount)) fail(index, `a stack below ${stackCount}`, cursor.stack);
    if (!(cursor.time >= 0 && cursor.time <= MAX_TIME)) fail(index, `a time from 0 to ${MAX_TIME}`, cursor.time);
    if (!(cursor.weight >= 0 && cursor.weight <= MAX_WEIGHT)) fail(index, "a weight from 0", cursor.weight);
    if (!(cursor.cpuTime <= MAX_TIME)) fail(index, `a CPU time up to ${MAX_TIME}`, cursor.cpuTime);
  }
  if (index !== count) throw new ProfileDataError(`samples.blocks: expected ${count} samples, found ${index > count ? "more" : index}`);
}

function fail(index: number, expected: string, found: unknown): never {
  throw new ProfileDataError(`sample ${index}: expected ${expected}, found ${String(found)}`);
}
