import type { ByteSource } from "../byte-source.ts";
import { copyFromPages, pageLength, pageSize } from "./pages.ts";
import type { FileContent } from "./recording.ts";

/** A file whose pages are kept as they are read, each once. */
export class RecordingFile implements ByteSource {
  readonly content: FileContent;
  readonly #inner: ByteSource;

  constructor(inner: ByteSource) {
    this.#inner = inner;
    this.content = { name: inner.name, size: inner.size, pages: new Map() };
  }

  get name(): string {
    return this.content.name;
  }

  get size(): number {
    return this.content.size;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(lengthWithin(this.size, offset, length));
    if (bytes.length === 0) return bytes;
    this.#load(Math.floor(offset / pageSize), Math.floor((offset + bytes.length - 1) / pageSize));
    copyFromPages(this.content.pages, offset, bytes);
    return bytes;
  }

  #load(first: number, last: number): void {
    const { pages } = this.content;
    for (let number = first; number <= last; number++) {
      if (pages.has(number)) continue;
      let end = number + 1;
      while (end <= last && !pages.has(end)) end++;
      this.#loadRun(number, end);
      number = end;
    }
  }

  /** A file that has been cut since it was opened goes on in zeros. */
  #loadRun(first: number, end: number): void {
    const start = first * pageSize;
    const bytes = this.#inner.read(start, Math.min(end * pageSize, this.size) - start);
    for (let number = first; number < end; number++) {
      const page = new Uint8Array(pageLength(number, this.size));
      const offset = (number - first) * pageSize;
      page.set(bytes.subarray(offset, offset + page.length));
      this.content.pages.set(number, page);
    }
  }
}

/** How many of the wanted bytes a source of `size` bytes has. */
export function lengthWithin(size: number, offset: number, length: number): number {
  return offset >= 0 ? Math.max(0, Math.min(length, size - offset)) : 0;
}
