import type { ReadBatch } from "@pyspy/process";

/** A further span costs as much as some thousand bytes. */
const NEAR = 1024;

export interface Place {
  readonly address: number;
  readonly length: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Places that are read in every sample; those that lie near each other in one span. */
export class NearSpans {
  /** Of all spans together. */
  readonly bytes: number;
  readonly #spans: Span[] = [];
  /** Of each place, its span, and where in that it starts. */
  readonly #spanOf: number[] = [];
  readonly #distances: number[] = [];
  #firstSpan = 0;

  constructor(places: readonly Place[]) {
    const order = places.map((place, index) => ({ ...place, index })).sort((a, b) => a.address - b.address);
    for (const { address, length, index } of order) {
      const start = this.#add(address, address + length);
      this.#spanOf[index] = this.#spans.length - 1;
      this.#distances[index] = address - start;
    }
    this.bytes = this.#spans.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** Number of spans. */
  get count(): number {
    return this.#spans.length;
  }

  addTo(batch: ReadBatch): void {
    this.#firstSpan = batch.count;
    for (const { start, end } of this.#spans) batch.add(start, end - start);
  }

  /** Where the bytes of a place, by its index, are in the batch; -1 when not all of its span came. */
  offset(batch: ReadBatch, place: number): number {
    const span = this.#firstSpan + (this.#spanOf[place] as number);
    if (batch.lengthRead(span) !== batch.length(span)) return -1;
    return batch.offset(span) + (this.#distances[place] as number);
  }

  /** Widens the last span, or adds one. Returns where it starts. */
  #add(start: number, end: number): number {
    const last = this.#spans.at(-1);
    if (!last || start > last.end + NEAR) {
      this.#spans.push({ start, end });
      return start;
    }
    this.#spans[this.#spans.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    return last.start;
  }
}
