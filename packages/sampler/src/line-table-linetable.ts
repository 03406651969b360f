import { LineTableBuilder } from "./line-table-builder.ts";
import type { LineTable } from "./line-table.ts";

const NO_LINE = -128;

/**
 * `co_linetable` of 3.10: pairs of a range's length in bytes and a signed line delta, -128 for a range without a line,
 * which leaves the line as it was (PEP 626, Objects/lnotab_notes.txt).
 */
export function decodeLinetable(table: Uint8Array, firstLine: number): LineTable {
  const builder = new LineTableBuilder();
  let line = firstLine;
  let end = 0;
  for (let at = 0; at + 1 < table.length; at += 2) {
    end += table[at] as number;
    const delta = ((table[at + 1] as number) << 24) >> 24;
    if (delta !== NO_LINE) line += delta;
    if (table[at] !== 0) builder.add(end, delta === NO_LINE ? 0 : line, 0);
  }
  return builder.finish();
}
