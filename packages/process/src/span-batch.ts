import type { ReadBatch } from "./memory.ts";

const pageSize = 4096;
const spanAlignment = 16;

/** Where the spans of a batch go in a local buffer, and how much of each came. */
export class SpanBatch implements ReadBatch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #maxCount: number;
  readonly #addresses: Float64Array;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #lengthsRead: Uint32Array;
  #count = 0;
  #used = 0;

  /**
   * `addressOf` tells where a view lies in this process; given it, `bytes` starts at a page boundary, since reading to
   * a few bytes past one makes large reads three times slower.
   */
  constructor(bytes: number, spans: number, addressOf?: (view: ArrayBufferView) => number) {
    const capacity = roundUp(bytes, spanAlignment) + spanAlignment * spans;
    const buffer = new ArrayBuffer(capacity + pageSize);
    const start = addressOf === undefined ? 0 : -addressOf(new Uint8Array(buffer)) & (pageSize - 1);
    this.bytes = new Uint8Array(buffer, start, capacity);
    this.view = new DataView(buffer, start, capacity);
    this.#maxCount = spans;
    this.#addresses = new Float64Array(spans);
    this.#offsets = new Uint32Array(spans);
    this.#lengths = new Uint32Array(spans);
    this.#lengthsRead = new Uint32Array(spans);
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
    this.#used = 0;
  }

  add(address: number, length: number): number {
    if (!this.fits(length)) throw new RangeError(`no room in the batch for a span of ${length} bytes`);
    const index = this.#count++;
    this.#addresses[index] = address;
    this.#offsets[index] = this.#used;
    this.#lengths[index] = length;
    this.#lengthsRead[index] = 0;
    const end = this.#used + length;
    this.#used += roundUp(length, spanAlignment);
    // Left there by a batch of other spans, they would make equal reads differ.
    for (let unused = end; unused < this.#used; unused++) this.bytes[unused] = 0;
    return index;
  }

  fits(length: number): boolean {
    return length >= 0 && this.#count < this.#maxCount && this.#used + roundUp(length, spanAlignment) <= this.bytes.length;
  }

  address(index: number): number {
    return this.#addresses[this.#checked(index)]!;
  }

  offset(index: number): number {
    return this.#offsets[this.#checked(index)]!;
  }

  length(index: number): number {
    return this.#lengths[this.#checked(index)]!;
  }

  lengthRead(index: number): number {
    return this.#lengthsRead[this.#checked(index)]!;
  }

  /** For the memory that reads: how many bytes of the span came. */
  setLengthRead(index: number, length: number): void {
    this.#lengthsRead[this.#checked(index)] = length;
  }

  #checked(index: number): number {
    if (index >= 0 && index < this.#count) return index;
    throw new RangeError(`the batch has no span ${index}`);
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
