import type { MemoryReader } from "./memory-reader.ts";

/** struct pthread is larger than this, and its `tid` lies in its first part in every glibc and musl. */
const SEARCHED = 2048;

/**
 * Finds operating system thread ids where Python does not keep them (up to 3.10): the C library keeps them in the
 * block that `pthread_t` points to, always at the same place. The main thread's, which is the process id, shows where.
 */
export class OsThreadIds {
  readonly #reader: MemoryReader;
  #offset: number | undefined;

  constructor(reader: MemoryReader) {
    this.#reader = reader;
  }

  /** Learns the place from a thread whose id is known. False when it is not found. */
  learn(pthread: number, id: number): boolean {
    const bytes = this.#reader.prefix(pthread, SEARCHED);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
      if (view.getUint32(offset, true) !== id) continue;
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
