import { closeSync, openSync, readSync } from "node:fs";
import type { SpanBatch } from "../span-batch.ts";
import { errorCode } from "./errno.ts";
import { procError } from "./proc-error.ts";

/** /proc/PID/mem, kept open. Needs no foreign functions; one call for each span. */
export class ProcMem implements Disposable {
  calls = 0;
  readonly #pid: number;
  #fd: number | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Opens the file, which is where the kernel checks permission. False when the thread `id` has ended. */
  open(id: number): boolean {
    this[Symbol.dispose]();
    try {
      this.#fd = openSync(`/proc/${id}/mem`, "r");
      return true;
    } catch (error) {
      const code = errorCode(error);
      if (code === "ESRCH" || code === "ENOENT") return false;
      throw procError(this.#pid, "open the memory", error);
    }
  }

  /**
   * Reads every span. False when the file has nothing at all to give: it stays with the memory that the process had
   * when it was opened, which an exec or an exit takes away.
   */
  readBatch(id: number, batch: SpanBatch): boolean {
    if (this.#fd === undefined && !this.open(id)) return false;
    for (let index = 0; index < batch.count; index++) {
      const length = this.#readSpan(batch.address(index), batch.bytes, batch.offset(index), batch.length(index));
      if (length === undefined) return false;
      batch.setLengthRead(index, length);
    }
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The number of bytes read; undefined at the end of the file, which memory that is there does not have. */
  #readSpan(address: number, bytes: Uint8Array, offset: number, length: number): number | undefined {
    if (length === 0 || !Number.isSafeInteger(address) || address < 0) return 0;
    let done = 0;
    while (done < length) {
      this.calls++;
      const count = this.#read(bytes, offset + done, length - done, address + done);
      if (count === 0) return done === 0 ? undefined : done;
      if (count < 0) return done;
      done += count;
    }
    return done;
  }

  /** -1 where nothing is mapped. The kernel's own answer there is EIO; EINVAL comes for an address past its range. */
  #read(bytes: Uint8Array, offset: number, length: number, position: number): number {
    try {
      return readSync(this.#fd!, bytes, offset, length, position);
    } catch (error) {
      const code = errorCode(error);
      if (code === "EIO" || code === "EINVAL" || code === "EFAULT" || code === "ERR_OUT_OF_RANGE") return -1;
      throw procError(this.#pid, "read the memory", error);
    }
  }
}
