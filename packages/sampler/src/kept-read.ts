/** The bytes that the last accepted stack of a thread was read from, for comparison with what a later read brings. */
export class KeptRead {
  /** `ThreadSlot.predictions`, `.chunkChanges` and `.split` of the read. */
  predictions = 0;
  chunkChanges = 0;
  split = 0;
  /** How many frames it gave; and how many of them, from the outermost, lie on the data stack and called each other without C. */
  depth = 0;
  plainDepth = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  /** Keeps the bytes of `source` from `start` to `end`, and that they gave so many frames. */
  keep(source: Uint8Array, start: number, end: number, depth: number): void {
    this.depth = depth;
    this.#length = end - start;
    if (this.#bytes.length < this.#length) this.#bytes = Buffer.alloc(this.#length * 2);
    this.#bytes.set(source.subarray(start, end));
  }

  forget(): void {
    this.#length = 0;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Whether bytes were kept, and are all those of `other` from `start` to `end`. */
  equals(other: Uint8Array, start: number, end: number): boolean {
    return this.#length > 0 && this.#length === end - start && this.equalsPart(other, start, end, 0);
  }

  /** Whether the bytes of `other` from `start` to `end` are those kept from `at` on. */
  equalsPart(other: Uint8Array, start: number, end: number, at: number): boolean {
    if (at < 0 || at + end - start > this.#length) return false;
    return this.#bytes.compare(other, start, end, at, at + end - start) === 0;
  }
}
