import { closeSync, openSync, readSync } from "node:fs";
import type { ThreadState, ThreadStateReader } from "../process.ts";
import { errorCode } from "./errno.ts";
import { procError } from "./proc-error.ts";
import { threadState } from "./stat.ts";

const maxDescriptors = 256;
const closingParenthesis = 0x29;

/**
 * Reads thread states through descriptors that stay open: 6 us instead of 22 us each. A descriptor of a thread that
 * has ended never shows a later thread of the same id.
 */
export class LinuxThreadStates implements ThreadStateReader {
  readonly #pid: number;
  readonly #descriptors = new Map<number, number>();
  /** A stat line is shorter than 52 numbers of 20 digits; only its start matters here. */
  readonly #line: Uint8Array = new Uint8Array(1024);

  constructor(pid: number) {
    this.#pid = pid;
  }

  read(id: number): ThreadState {
    const fd = this.#descriptors.get(id) ?? this.#open(id);
    if (fd === undefined) return "dead";
    try {
      return stateIn(this.#line, readSync(fd, this.#line, 0, this.#line.length, 0));
    } catch (error) {
      this.#close(id, fd);
      if (errorCode(error) === "ESRCH") return "dead";
      throw procError(this.#pid, `read the state of thread ${id}`, error);
    }
  }

  [Symbol.dispose](): void {
    for (const [id, fd] of this.#descriptors) this.#close(id, fd);
  }

  #open(id: number): number | undefined {
    if (this.#descriptors.size >= maxDescriptors) this.#closeOldest();
    try {
      const fd = openSync(`/proc/${this.#pid}/task/${id}/stat`, "r");
      this.#descriptors.set(id, fd);
      return fd;
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOENT" || code === "ESRCH") return undefined;
      throw procError(this.#pid, `open the state of thread ${id}`, error);
    }
  }

  #closeOldest(): void {
    for (const [id, fd] of this.#descriptors) return this.#close(id, fd);
  }

  #close(id: number, fd: number): void {
    this.#descriptors.delete(id);
    closeSync(fd);
  }
}

function stateIn(line: Uint8Array, length: number): ThreadState {
  for (let index = length - 1; index >= 0; index--) {
    if (line[index] === closingParenthesis) return threadState(line[index + 2] ?? 0);
  }
  return "unknown";
}
