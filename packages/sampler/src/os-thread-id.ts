import type { MemoryReader } from "./memory-reader.ts";

/** struct pthread is larger than this, and its `tid` lies in its first part in every glibc and musl. */
const SEARCHED = 2048;

/**
 * Finds operating system thread ids where Python does not keep them (up to 3.10): the C library keeps them in the
 * block that `pthread_t` points to, always at the same place. A thread whose id is known shows where.
 */
export class OsThreadIds {
  readonly #reader: MemoryReader;
  #offset: number | undefined;

  constructor(reader: MemoryReader) {
    this.#reader = reader;
  }

  /** Learns the place from a thread whose id is one of these. False when it is not found. */
  learn(pthread: number, ids: ReadonlySet<number>): boolean {
    const bytes = this.#reader.prefix(pthread, SEARCHED);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // Before it come at least four pointers or, in glibc, a flag that is 1 in programs with threads, as init's id is.
    for (let offset = 4 * this.#reader.pointerSize; offset + 4 <= bytes.length; offset += 4) {
      if (!ids.has(view.getUint32(offset, true))) continue;
      this.#offset = offset;
      return true;
    }
    return false;
  }

  /** The id of a thread; 0 when not known. `isThread` guards against a place that was found by accident. */
  idOf(pthread: number, isThread: (id: number) => boolean): number {
    if (this.#offset === undefined) return 0;
    const bytes = this.#reader.prefix(pthread + this.#offset, 4);
    if (bytes.length < 4) return 0;
    const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return isThread(id) ? id : 0;
  }
}
