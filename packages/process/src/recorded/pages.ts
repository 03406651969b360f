import { MemoryError } from "../errors.ts";
import type { SpanBatch } from "../span-batch.ts";

/** The unit in which memory and files are recorded, whatever the page size of the machine. */
export const pageSize = 4096;

/** Pages by number: the content of addresses or offsets from `number * pageSize`. */
export type Pages = Map<number, Uint8Array>;

/** Consecutive pages: the first one's number, and how many. */
export type Run = readonly [first: number, count: number];

/** The pages' numbers, ascending, as runs. */
export function runsOf(pages: ReadonlyMap<number, Uint8Array>): Run[] {
  const runs: [number, number][] = [];
  for (const number of sortedNumbers(pages)) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === number) last[1]++;
    else runs.push([number, 1]);
  }
  return runs;
}

export function sortedNumbers(pages: ReadonlyMap<number, Uint8Array>): number[] {
  return [...pages.keys()].sort((a, b) => a - b);
}

/** How many bytes a page has in a file of `size` bytes. */
export function pageLength(number: number, size: number): number {
  return Math.min(pageSize, size - number * pageSize);
}

/** Copies bytes from `address` into `target`, up to the first page that is not there; returns how many. */
export function copyFromPages(pages: Pages, address: number, target: Uint8Array): number {
  if (!Number.isSafeInteger(address) || address < 0) return 0;
  let done = 0;
  while (done < target.length) {
    const position = address + done;
    const page = pages.get(Math.floor(position / pageSize));
    if (page === undefined) break;
    const start = position % pageSize;
    const part = page.subarray(start, start + target.length - done);
    if (part.length === 0) break;
    target.set(part, done);
    done += part.length;
  }
  return done;
}

/** The bytes as a copy. Throws {@link MemoryError} unless all of them are there. */
export function readFromPages(pages: Pages, address: number, length: number): Uint8Array {
  // Not even all pages together hold a longer span, so nothing of its size is allocated.
  if (!(length >= 0 && length <= pages.size * pageSize)) throw new MemoryError(address, length, 0);
  const bytes = new Uint8Array(length);
  const lengthRead = copyFromPages(pages, address, bytes);
  if (lengthRead < length) throw new MemoryError(address, length, lengthRead);
  return bytes;
}

/** Fills every span of the batch from the pages; returns how many came whole. */
export function fillFromPages(pages: Pages, batch: SpanBatch): number {
  let whole = 0;
  for (let index = 0; index < batch.count; index++) {
    const offset = batch.offset(index);
    const target = batch.bytes.subarray(offset, offset + batch.length(index));
    const length = copyFromPages(pages, batch.address(index), target);
    batch.setLengthRead(index, length);
    if (length === target.length) whole++;
  }
  return whole;
}
