import { bufferOf, type ByteReader } from "./byte-reader.ts";

/** Where a string table lies in the file. */
export interface StringTable {
  readonly offset: number;
  readonly size: number;
}

/** A table of nothing but one short string would otherwise fill memory. */
const mostOffsets = 0x10_0000;
/** Up to so many names are looked for one after the other. */
const FEW = 32;

/**
 * Every offset in a string table at which one of `names` stands, up to its NUL. Linkers merge suffixes
 * (`read` is a part of `pread`), so an offset can lie inside of another string.
 */
export function stringOffsets(
  reader: ByteReader,
  table: StringTable,
  names: Iterable<string>,
  prefix = "",
): Map<number, string> {
  const needles = Array.from(names, (name): Needle => ({ name, bytes: Buffer.from(`${prefix}${name}`) }));
  const longest = needles.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
  const found = new Map<number, string>();
  if (longest === 0) return found;
  const find = needles.length <= FEW ? findEach : findAll(needles);
  for (const { start, bytes } of reader.chunks(table.offset, table.size, 1, longest)) {
    find(bytes, needles, (offset, name) => found.set(start + offset, name));
    if (found.size > mostOffsets) throw reader.error("too-large", "wanted names stand too often in the strings", table.offset);
  }
  return found;
}

interface Needle {
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Find = (bytes: Uint8Array, needles: readonly Needle[], found: (offset: number, name: string) => void) => void;

/** One pass of native code over the strings for each needle. */
const findEach: Find = (bytes, needles, found) => {
  const buffer = bufferOf(bytes);
  for (const { name, bytes: needle } of needles) {
    if (needle.length === 0) continue;
    const ended = Buffer.concat([needle, Buffer.alloc(1)]);
    for (let at = buffer.indexOf(ended); at >= 0; at = buffer.indexOf(ended, at + 1)) found(at, name);
  }
};

/** One pass for all, which looks at the ends of the strings. */
function findAll(all: readonly Needle[]): Find {
  const byLastByte = Array.from({ length: 256 }, (_, byte) => all.filter(({ bytes }) => bytes.at(-1) === byte));
  return (bytes, _needles, found) => {
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, end + 1)) {
      for (const needle of byLastByte[bytes[end - 1] ?? 0] ?? []) {
        if (endsWith(bytes, end, needle.bytes)) found(end - needle.bytes.length, needle.name);
      }
    }
  };
}

/** Backwards, as the ends of names differ more than their beginnings. */
function endsWith(bytes: Uint8Array, end: number, needle: Uint8Array): boolean {
  for (let index = needle.length - 1, at = end - 1; index >= 0; index -= 1, at -= 1) {
    if (bytes[at] !== needle[index]) return false;
  }
  return true;
}
