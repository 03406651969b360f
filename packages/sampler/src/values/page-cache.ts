import { MemoryError, type ProcessMemory, type ReadBatch } from "@pyspy/process";
import { TargetError } from "../errors.ts";

const PAGE = 4096;
/** What is longer is read as it is. */
const MAX_CACHED_LENGTH = 16 * PAGE;
const MAX_PAGES = 4096;

/** A process's memory with every page read once: for many small reads while the process does not change. */
export class PageCache implements ProcessMemory {
  readonly method: string;
  readonly #memory: ProcessMemory;
  readonly #pages = new Map<number, Uint8Array>();
  #allowance = Number.POSITIVE_INFINITY;

  constructor(memory: ProcessMemory) {
    this.#memory = memory;
    this.method = memory.method;
  }

  get calls(): number {
    return this.#memory.calls;
  }

  batch(bytes: number, spans: number): ReadBatch {
    return this.#memory.batch(bytes, spans);
  }

  readBatch(batch: ReadBatch): number {
    return this.#memory.readBatch(batch);
  }

  /** So many bytes can be read until the next call; then `read` throws `TargetError`. */
  allow(bytes: number): void {
    this.#allowance = bytes;
  }

  read(address: number, length: number): Uint8Array {
    this.#allowance -= length;
    if (this.#allowance < 0) throw new TargetError(address, "more to read than allowed");
    return this.#read(address, length);
  }

  #read(address: number, length: number): Uint8Array {
    if (length > MAX_CACHED_LENGTH) return this.#memory.read(address, length);
    const offset = address % PAGE;
    if (offset + length > PAGE) return this.#readAcross(address, length);
    const page = this.#page(address - offset);
    return page ? page.subarray(offset, offset + length) : this.#memory.read(address, length);
  }

  #readAcross(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = address + done;
      const part = Math.min(PAGE - (at % PAGE), length - done);
      bytes.set(this.#read(at, part), done);
      done += part;
    }
    return bytes;
  }

  #page(start: number): Uint8Array | undefined {
    const known = this.#pages.get(start);
    if (known) return known;
    if (this.#pages.size === MAX_PAGES) this.#pages.clear();
    try {
      const page = this.#memory.read(start, PAGE);
      this.#pages.set(start, page);
      return page;
    } catch (error) {
      // A core file or recording may hold parts of pages only.
      if (error instanceof MemoryError) return undefined;
      throw error;
    }
  }
}
