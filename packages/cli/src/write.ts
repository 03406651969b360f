import { writeSync } from "node:fs";
import { getSystemErrorMap } from "node:util";

/** How long to wait for a full pipe before trying again, in milliseconds. */
const PIPE_INTERVAL = 5;

/**
 * Writes all of a text to a descriptor. Throws the system's error. Not through Node's streams: they make a pipe
 * non-blocking for everybody who shares it, as a program that is recorded does.
 */
export function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSome(fd, bytes, at);
}

/** A pipe that somebody has made non-blocking may be full. */
function writeSome(fd: number, bytes: Uint8Array, at: number): number {
  try {
    return writeSync(fd, bytes, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_INTERVAL);
    return 0;
  }
}

/** The system's words for an error, as in "no space left on device". */
export function systemReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
