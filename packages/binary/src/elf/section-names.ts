import { longestName, type ByteReader } from "../byte-reader.ts";

const longestTable = 0x100_0000;
const longestSum = 0x80_0000;

/**
 * The section name table, once it is certain that a name starts and ends at each of `starts`. elfy looks for
 * these ends byte by byte, and names may overlap: without the bounds, a hostile file could keep it at that for
 * minutes.
 */
export function readSectionNames(
  reader: ByteReader,
  offset: number,
  size: number,
  starts: readonly number[],
): Uint8Array {
  if (size > longestTable) throw reader.error("too-large", `${size} bytes of section names`, offset);
  const names = reader.bytes(offset, size);
  let sum = 0;
  for (const start of starts) {
    const length = names.subarray(start, start + longestName).indexOf(0);
    if (length < 0) throw reader.error("malformed", `section name at ${start} of ${size} has no end`, offset);
    sum += length;
  }
  if (sum > longestSum) throw reader.error("too-large", `${sum} bytes of overlapping section names`, offset);
  return names;
}
