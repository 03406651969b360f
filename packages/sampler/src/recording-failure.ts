import { MemoryError, ProcessError } from "@pyspy/process";
import { AttachError, TargetError } from "./errors.ts";
import type { RecordingFailure } from "./recording-message.ts";

/** Whether an error is about what was read, which may be different the next time. */
export function isReadFailure(error: unknown): boolean {
  return error instanceof MemoryError || error instanceof TargetError || error instanceof ProcessError;
}

/** Whether an error says that the process may not be stopped, though it can be read. */
export function isPauseRefused(error: unknown): boolean {
  return error instanceof ProcessError && (error.code === "permission-denied" || error.code === "pause-failed");
}

/** An error in a form that crosses threads. */
export function failureOf(error: unknown): RecordingFailure {
  if (!(error instanceof Error)) return { name: "Error", code: "", message: String(error) };
  const code = error instanceof AttachError || error instanceof ProcessError ? error.code : "";
  // A bug, unlike a fact about the process, is of use only with its place.
  const isFact = code !== "" || isReadFailure(error);
  return { name: error.name, code, message: isFact ? error.message : (error.stack ?? error.message) };
}
