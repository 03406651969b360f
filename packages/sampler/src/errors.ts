/** One thing that attaching tried, and what it saw. */
export interface Attempt {
  /** Name of the strategy: "symbol _PyRuntime", "section .PyRuntime", ... */
  readonly strategy: string;
  /** The file it looked at; "" where it is not about a file. */
  readonly image: string;
  /** What was found there instead of what was wanted. */
  readonly saw: string;
}

/** The process could not be attached to; `attempts` says what was tried, in order. */
export class AttachError extends Error {
  override readonly name = "AttachError";
  readonly code: AttachErrorCode;
  readonly pid: number;
  readonly attempts: readonly Attempt[];
  /** A Python may yet come: the process has just been started, or its interpreter is not initialised. */
  readonly mayCome: boolean;

  constructor(code: AttachErrorCode, pid: number, message: string, attempts: readonly Attempt[] = [], mayCome = false) {
    super(message);
    this.code = code;
    this.pid = pid;
    this.attempts = attempts;
    this.mayCome = mayCome;
  }
}

/**
 * `not-python`: no mapped file looks like an interpreter. `unsupported-version`: an interpreter of a version without a
 * layout. `interpreter-not-found`: a Python whose state was not found, or is not there (yet, or any more).
 */
export type AttachErrorCode = "not-python" | "unsupported-version" | "interpreter-not-found";

/** Something read from the target is not what its layout says. `address` is where it was read. */
export class TargetError extends Error {
  override readonly name = "TargetError";
  readonly address: number;

  constructor(address: number, message: string) {
    super(`${message} at 0x${address.toString(16)}`);
    this.address = address;
  }
}
