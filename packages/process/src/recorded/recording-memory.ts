import type { ProcessMemory, ReadBatch } from "../memory.ts";
import { SpanBatch } from "../span-batch.ts";
import { fillFromPages, pageSize, readFromPages, type Pages } from "./pages.ts";

const pagesPerRead = 64;
/** A longer read is taken for a garbled length, not for a wish. */
const maxReadLength = 2 ** 30;

/** Memory whose pages are kept as they are first touched, and stay so; pages that cannot be read are asked for once. */
export class RecordingMemory implements ProcessMemory {
  readonly pages: Pages = new Map();
  readonly #unreadable = new Set<number>();
  readonly #inner: ProcessMemory;
  readonly #batch: ReadBatch;

  constructor(inner: ProcessMemory) {
    this.#inner = inner;
    this.#batch = inner.batch(pagesPerRead * pageSize, pagesPerRead);
  }

  get method(): string {
    return this.#inner.method;
  }

  get calls(): number {
    return this.#inner.calls;
  }

  batch(bytes: number, spans: number): ReadBatch {
    return new SpanBatch(bytes, spans);
  }

  readBatch(batch: ReadBatch): number {
    if (!(batch instanceof SpanBatch)) throw new TypeError("the batch was not made by this memory");
    for (let index = 0; index < batch.count; index++) this.#load(batch.address(index), batch.length(index));
    return fillFromPages(this.pages, batch);
  }

  read(address: number, length: number): Uint8Array {
    if (length >= 0 && length <= maxReadLength) this.#load(address, length);
    return readFromPages(this.pages, address, length);
  }

  /** Reads the pages of the range that are not known yet, many at once, up to one that cannot be read. */
  #load(address: number, length: number): void {
    if (length === 0 || !Number.isSafeInteger(address) || address < 0) return;
    const last = Math.floor((address + length - 1) / pageSize);
    this.#batch.clear();
    for (let number = Math.floor(address / pageSize); number <= last; number++) {
      if (this.#unreadable.has(number)) break;
      if (this.pages.has(number)) continue;
      if (!this.#batch.fits(pageSize) && !this.#flush()) return;
      this.#batch.add(number * pageSize, pageSize);
    }
    this.#flush();
  }

  /** True when all pages of the batch came. */
  #flush(): boolean {
    const batch = this.#batch;
    const whole = batch.count === 0 ? 0 : this.#inner.readBatch(batch);
    for (let index = 0; index < batch.count; index++) {
      const number = batch.address(index) / pageSize;
      const offset = batch.offset(index);
      if (batch.lengthRead(index) < pageSize) this.#unreadable.add(number);
      else this.pages.set(number, batch.bytes.slice(offset, offset + pageSize));
    }
    const complete = whole === batch.count;
    batch.clear();
    return complete;
  }
}
