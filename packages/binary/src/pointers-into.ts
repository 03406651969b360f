import type { AddressRange } from "./binary.ts";
import { viewOf } from "./byte-reader.ts";

export interface FoundPointer {
  /** In the bytes that were scanned. */
  readonly offset: number;
  readonly value: number;
}

/**
 * Pointers in `bytes` (at multiples of the pointer size, counted from the first byte) that point into one of
 * `ranges`, in any order and overlap; ascending by offset. Words of 2^53 and more are not addresses.
 */
export function* pointersInto(
  bytes: Uint8Array,
  pointerSize: 4 | 8,
  ranges: readonly AddressRange[],
  endianness: "little" | "big" = "little",
): Generator<FoundPointer> {
  const bounds = boundsOf(ranges);
  const lowest = bounds[0];
  const end = bounds.at(-1);
  if (lowest === undefined || end === undefined) return;
  const words = wordsOf(bytes, endianness);
  const count = Math.floor(bytes.length / pointerSize);
  const wide = pointerSize === 8;
  const low = endianness === "little" ? 0 : 1;
  for (let index = 0; index < count; index += 1) {
    const value = wide
      ? (words[index * 2 + low] ?? 0) + (words[index * 2 + 1 - low] ?? 0) * 0x1_0000_0000
      : (words[index] ?? 0);
    if (value < lowest || value >= end || !within(bounds, value)) continue;
    yield { offset: index * pointerSize, value };
  }
}

/** Sorted, merged: start, end, start, end, ... */
function boundsOf(ranges: readonly AddressRange[]): Float64Array {
  const bounds: number[] = [];
  const sorted = ranges.filter(({ start, end }) => start < end).sort((one, other) => one.start - other.start);
  for (const { start, end } of sorted) {
    const last = bounds.at(-1);
    if (last !== undefined && start <= last) bounds[bounds.length - 1] = Math.max(last, end);
    else bounds.push(start, end);
  }
  return Float64Array.from(bounds, (bound) => Math.min(bound, Number.MAX_SAFE_INTEGER));
}

/** Whether the number of bounds at or under `value` is odd: after a start and before its end. */
function within(bounds: Float64Array, value: number): boolean {
  let from = 0;
  let to = bounds.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((bounds[middle] ?? 0) <= value) from = middle + 1;
    else to = middle;
  }
  return from % 2 === 1;
}

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The 32-bit words, without a copy where alignment and byte order are the host's. */
function wordsOf(bytes: Uint8Array, endianness: "little" | "big"): Uint32Array {
  const count = bytes.length >>> 2;
  const native = (endianness === "little") === hostIsLittle;
  if (native && bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  // A Buffer's own slice() does not copy.
  if (native) return new Uint32Array(Uint8Array.prototype.slice.call(bytes, 0, count * 4).buffer, 0, count);
  const view = viewOf(bytes);
  return Uint32Array.from({ length: count }, (_, index) => view.getUint32(index * 4, endianness === "little"));
}
