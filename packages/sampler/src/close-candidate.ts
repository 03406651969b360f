import { BinaryError } from "@pyspy/binary";
import { LayoutError } from "@pyspy/layouts";
import { MemoryError, ProcessError } from "@pyspy/process";
import { TargetError } from "./errors.ts";
import type { Python } from "./python.ts";

/**
 * `closes`: thread states, frames and code objects lead on to each other up to the end. `empty`: what there is fits, and
 * there are no frames to prove it. Else what was seen instead; of an uninitialised one no interpreters or threads, not
 * yet or not any more.
 */
export type Closing = "closes" | "empty" | { readonly saw: string; readonly isUninitialised: boolean };

/** Whether what may be a Python is one. */
export function closeCandidate(python: Python): Closing {
  try {
    const { threads, failed, frames } = python.probe();
    if (threads === 0) return { saw: "no thread states (yet, or any more)", isUninitialised: true };
    if (failed === threads) return { saw: `none of ${threads} stacks could be followed`, isUninitialised: false };
    return frames > 0 ? "closes" : "empty";
  } catch (error) {
    if (!isGarbage(error)) throw error;
    return { saw: error.message, isUninitialised: error instanceof TargetError && error.message.startsWith("no interpreters") };
  }
}

/** What memory that is not as expected makes. */
export function isGarbage(error: unknown): error is Error {
  return error instanceof LayoutError || error instanceof MemoryError || error instanceof TargetError;
}

/** What a file that is not as expected makes; anything else is a bug or the end of the process. */
export function isUnreadableFile(error: unknown): error is Error {
  return error instanceof BinaryError || (error instanceof ProcessError && error.code === "file-not-found");
}
