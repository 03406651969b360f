import { LineTableBuilder } from "./line-table-builder.ts";
import type { LineTable } from "./line-table.ts";

/* Entry codes of the location table, CPython's Objects/locations.md: bits 3 to 6 of an entry's first byte. */
const ONE_LINE_FIRST = 10;
const ONE_LINE_LAST = 12;
const NO_COLUMNS = 13;
const LONG = 14;
const NONE = 15;
const BYTES_PER_UNIT = 2;

/** `co_linetable` of 3.11 and later: entries of variable length with line and column (PEP 657). Truncated tables end early. */
export function decodeLocations(table: Uint8Array, firstLine: number): LineTable {
  const builder = new LineTableBuilder();
  const cursor = { at: 0 };
  let line = firstLine;
  let end = 0;
  while (cursor.at < table.length) {
    const first = table[cursor.at++] as number;
    const code = (first >>> 3) & 15;
    end += ((first & 7) + 1) * BYTES_PER_UNIT;
    line += lineDelta(table, cursor, code);
    builder.add(end, code === NONE ? 0 : line, column(table, cursor, code));
  }
  return builder.finish();
}

function lineDelta(table: Uint8Array, cursor: { at: number }, code: number): number {
  if (code === NO_COLUMNS || code === LONG) return signedVarint(table, cursor);
  return code >= ONE_LINE_FIRST && code <= ONE_LINE_LAST ? code - ONE_LINE_FIRST : 0;
}

/** One-based; moves the cursor past the entry's column bytes. */
function column(table: Uint8Array, cursor: { at: number }, code: number): number {
  if (code === NONE || code === NO_COLUMNS) return 0;
  if (code === LONG) {
    varint(table, cursor);
    const start = varint(table, cursor);
    varint(table, cursor);
    return start;
  }
  const byte = table[cursor.at] ?? 0;
  cursor.at += code >= ONE_LINE_FIRST ? 2 : 1;
  return code >= ONE_LINE_FIRST ? byte + 1 : code * 8 + ((byte >>> 4) & 7) + 1;
}

/** Six bits a byte, least significant first; bit 6 says that another follows. Stops after 32 bits. */
function varint(table: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let shift = 0; shift < 36; shift += 6) {
    const byte = table[cursor.at++] ?? 0;
    value += (byte & 63) * 2 ** shift;
    if ((byte & 64) === 0) break;
  }
  return value;
}

function signedVarint(table: Uint8Array, cursor: { at: number }): number {
  const value = varint(table, cursor);
  return value % 2 === 1 ? -Math.floor(value / 2) : value / 2;
}
