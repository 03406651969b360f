import type { DataChunk } from "./image-data.ts";
import type { MemoryReader } from "./memory-reader.ts";

const SPANS = 1024;
/** Spans start at multiples of this. */
const SPAN_LENGTH = 16;

/** Reads words at many addresses, many of which lie in data that has been read before. */
export class WordReader {
  readonly #reader: MemoryReader;
  readonly #size: 4 | 8;
  readonly #data: readonly { readonly start: number; readonly end: number; readonly view: DataView }[];

  constructor(reader: MemoryReader, size: 4 | 8, data: readonly DataChunk[]) {
    this.#reader = reader;
    this.#size = size;
    this.#data = data.map(({ address, bytes }) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return { start: address, end: address + bytes.byteLength - size + 1, view };
    });
  }

  /** The words one after the other, as they are in memory; 0 for what cannot be read. */
  at(addresses: readonly number[]): Uint8Array {
    const words = new DataView(new ArrayBuffer(addresses.length * this.#size));
    const elsewhere: number[] = [];
    for (let index = 0; index < addresses.length; index++) {
      const address = addresses[index] as number;
      const chunk = this.#data.find(({ start, end }) => address >= start && address < end);
      if (chunk) this.#copy(chunk.view, address - chunk.start, words, index);
      else elsewhere.push(index);
    }
    for (let first = 0; first < elsewhere.length; first += SPANS) this.#read(addresses, elsewhere.slice(first, first + SPANS), words);
    return new Uint8Array(words.buffer);
  }

  #read(addresses: readonly number[], indices: readonly number[], words: DataView): void {
    const batch = this.#reader.memory.batch(indices.length * SPAN_LENGTH, indices.length);
    for (const index of indices) batch.add(addresses[index] as number, this.#size);
    this.#reader.memory.readBatch(batch);
    for (let span = 0; span < indices.length; span++) {
      if (batch.lengthRead(span) === this.#size) this.#copy(batch.view, batch.offset(span), words, indices[span] as number);
    }
  }

  #copy(from: DataView, offset: number, words: DataView, index: number): void {
    const to = index * this.#size;
    words.setUint32(to, from.getUint32(offset));
    if (this.#size === 8) words.setUint32(to + 4, from.getUint32(offset + 4));
  }
}
