import type { ProcessMemory, ReadBatch } from "../memory.ts";
import { SpanBatch } from "../span-batch.ts";
import { fillFromPages, readFromPages, type Pages } from "./pages.ts";

/** The memory of a recording: pages that are not in it cannot be read. */
export class RecordedMemory implements ProcessMemory {
  readonly method = "recording";
  calls = 0;
  readonly #pages: Pages;

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  batch(bytes: number, spans: number): ReadBatch {
    return new SpanBatch(bytes, spans);
  }

  readBatch(batch: ReadBatch): number {
    if (!(batch instanceof SpanBatch)) throw new TypeError("the batch was not made by this memory");
    this.calls++;
    return fillFromPages(this.#pages, batch);
  }

  read(address: number, length: number): Uint8Array {
    this.calls++;
    return readFromPages(this.#pages, address, length);
  }
}
