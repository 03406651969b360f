/** What went wrong with a process, as a fact; advice is the caller's to give. */
export class ProcessError extends Error {
  override readonly name: string = "ProcessError";
  readonly code: ProcessErrorCode;
  readonly pid: number;

  constructor(code: ProcessErrorCode, pid: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.pid = pid;
  }
}

export type ProcessErrorCode =
  | "no-such-process"
  | "permission-denied"
  | "unsupported"
  | "spawn-failed"
  | "pause-failed"
  | "file-not-found"
  | "invalid-recording"
  | "system-error";

/** A span of memory that could not be read whole. */
export class MemoryError extends Error {
  override readonly name = "MemoryError";
  readonly address: number;
  readonly length: number;
  /** Bytes that could be read from the span's start. */
  readonly lengthRead: number;

  constructor(address: number, length: number, lengthRead: number) {
    super(`cannot read ${length} bytes at 0x${address.toString(16)}: got ${lengthRead}`);
    this.address = address;
    this.length = length;
    this.lengthRead = lengthRead;
  }
}
