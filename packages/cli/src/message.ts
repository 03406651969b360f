import { writeAll } from "./write.ts";

const STDERR = 2;

/** Says something to the user beside the output: on stderr, so that the output can go to a pipe. */
export function message(text: string): void {
  tell(STDERR, `${text}\n`);
}

/** Writes what is of no use but to be read: that nobody reads it is no reason to stop. */
export function tell(fd: number, text: string): void {
  try {
    writeAll(fd, text);
  } catch {
    // The terminal or the reader of the pipe has gone.
  }
}
