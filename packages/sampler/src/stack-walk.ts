import type { ReadBatch } from "@pyspy/process";
import type { Outcome, ThreadSlot } from "./thread-slot.ts";

/** How the frames of a thread are found and followed: one implementation for each kind of `traits.frames`. */
export interface StackWalk {
  /** Bytes and spans that `addSpans` will ask for. */
  bytesNeeded(slot: ThreadSlot): number;
  spansNeeded(slot: ThreadSlot): number;
  /** Adds all that holds the thread's frames, as far as known from before, right after the thread state's own span. */
  addSpans(slot: ThreadSlot, batch: ReadBatch): void;
  /**
   * Follows the frames in what was read and puts them into `slot.stack`. With `stale`, the slot's predictions are
   * corrected. With `torn`, the stack holds the frames as their links had them. Of a slot that is `still`, all pointers can
   * be believed.
   */
  walk(slot: ThreadSlot, batch: ReadBatch): Outcome;
  /** Forgets all that it knows by the ids of code objects. */
  forgetCodes(): void;
}

/** More frames than any thread has: 3.12 and later limit Python's own recursion, memory limits the rest. */
export const MAX_FRAMES = 200_000;
