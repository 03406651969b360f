import { bufferOf, type ByteReader } from "../byte-reader.ts";
import type { StringTable } from "../string-offsets.ts";

/**
 * What GCC's and LLVM's link-time optimisation append to names of static variables and functions that they make
 * unique. Parts of functions (`.cold`, `.part.0`) and variables of functions (`.4`) are not the symbol itself.
 */
const suffix = /^\.(?:lto_priv\.\d+|llvm\.\d+)\0/;
const longestSuffix = 40;

/** Every offset in a string table at which one of `names` stands with such a suffix. */
export function variantOffsets(reader: ByteReader, table: StringTable, names: readonly string[]): Map<number, string> {
  const found = new Map<number, string>();
  const longest = names.reduce((most, name) => Math.max(most, name.length), 0) + longestSuffix;
  if (names.length === 0) return found;
  for (const { start, bytes } of reader.chunks(table.offset, table.size, 1, longest)) {
    const buffer = bufferOf(bytes);
    for (const name of names) {
      const needle = `\0${name}.`;
      for (let at = buffer.indexOf(needle); at >= 0; at = buffer.indexOf(needle, at + 1)) {
        const end = at + needle.length - 1;
        if (suffix.test(buffer.toString("latin1", end, end + longestSuffix))) found.set(start + at + 1, name);
      }
    }
  }
  return found;
}
