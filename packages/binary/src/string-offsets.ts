import { bufferOf, type ByteReader } from "./byte-reader.ts";

/** Where a string table lies in the file. */
export interface StringTable {
  readonly offset: number;
  readonly size: number;
}

/** A table of nothing but one short string would otherwise fill memory. */
const mostOffsets = 0x10_0000;

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
  const needles = Array.from(names, (name) => ({ name, bytes: Buffer.from(`${prefix}${name}\0`) }));
  const longest = needles.reduce((most, { bytes }) => Math.max(most, bytes.length), 1);
  const found = new Map<number, string>();
  if (needles.length === 0) return found;
  for (const { start, bytes } of reader.chunks(table.offset, table.size, 1, longest - 1)) {
    const chunk = bufferOf(bytes);
    for (const needle of needles) {
      for (let at = chunk.indexOf(needle.bytes); at >= 0; at = chunk.indexOf(needle.bytes, at + 1)) {
        found.set(start + at, needle.name);
      }
      if (found.size > mostOffsets) throw reader.error("too-large", `"${needle.name}" too often`, table.offset);
    }
  }
  return found;
}
