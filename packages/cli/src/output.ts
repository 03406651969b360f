import { closeSync, openSync, writeSync } from "node:fs";
import type { Format } from "@pyspy/formatters";

/** Bytes gathered before each write. */
const BLOCK = 1024 * 1024;
const STDOUT = 1;

/** Writes chunks of text to a file, or to standard output for "-". Throws the system's error with the file's name. */
export function writeOutput(output: string, chunks: Iterable<string>): void {
  const fd = output === "-" ? STDOUT : openSync(output, "w");
  try {
    let block = "";
    for (const chunk of chunks) {
      block += chunk;
      if (block.length < BLOCK) continue;
      writeAll(fd, block);
      block = "";
    }
    writeAll(fd, block);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const kept = output === "-" ? "" : "; the file holds what was written before";
    throw new Error(`cannot write to ${output === "-" ? "standard output" : output}: ${reason}${kept}`, { cause: error });
  } finally {
    if (fd !== STDOUT) closeSync(fd);
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSome(fd, bytes, at);
}

/** A pipe that nobody has read from yet may be full: EAGAIN, where Node made it non-blocking. */
function writeSome(fd: number, bytes: Uint8Array, at: number): number {
  try {
    return writeSync(fd, bytes, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}

/** A file in the current directory named after the program and the time, as in "python3-2026-11-22T21-02-26.svg". */
export function defaultOutput(program: string, format: Format, now: Date = new Date()): string {
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}`;
  return `${program}-${date}T${time}.${format.extension}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
