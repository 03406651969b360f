import type { ReadBatch } from "@pyspy/process";

/** A further span costs as much as some thousand bytes. */
const NEAR = 1024;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Places that are read in every sample; those that lie near each other in one span. */
export class NearSpans {
  #places: Span[] = [];
  #spans: Span[] = [];
  /** Of each place, its span. */
  readonly #spanOf: number[] = [];
  #firstSpan = 0;

  clear(): void {
    this.#places = [];
    this.#spans = [];
  }

  /** Returns the place's number. */
  add(address: number, length: number): number {
    this.#spans = [];
    return this.#places.push({ start: address, end: address + length }) - 1;
  }

  get count(): number {
    this.#join();
    return this.#spans.length;
  }

  get bytes(): number {
    this.#join();
    return this.#spans.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  addTo(batch: ReadBatch): void {
    this.#join();
    this.#firstSpan = batch.count;
    for (const { start, end } of this.#spans) batch.add(start, end - start);
  }

  /** Where the bytes of a place are in the batch; -1 when not all came. */
  offset(batch: ReadBatch, place: number): number {
    const index = this.#spanOf[place] as number;
    const span = this.#firstSpan + index;
    if (batch.lengthRead(span) !== batch.length(span)) return -1;
    return batch.offset(span) + (this.#places[place] as Span).start - (this.#spans[index] as Span).start;
  }

  #join(): void {
    if (this.#spans.length > 0) return;
    const order = this.#places.map((_, place) => place).toSorted((a, b) => (this.#places[a] as Span).start - (this.#places[b] as Span).start);
    for (const place of order) {
      const { start, end } = this.#places[place] as Span;
      const last = this.#spans.at(-1);
      if (last && start <= last.end + NEAR) this.#spans[this.#spans.length - 1] = { start: last.start, end: Math.max(last.end, end) };
      else this.#spans.push({ start, end });
      this.#spanOf[place] = this.#spans.length - 1;
    }
  }
}
