import { LineTableBuilder, NO_END } from "./line-table-builder.ts";
import type { LineTable } from "./line-table.ts";

/**
 * `co_lnotab` of 3.6 to 3.9: pairs of an unsigned address delta and a signed line delta. A line holds from the address
 * at which it was reached until the next pair with an address delta (Objects/lnotab_notes.txt).
 */
export function decodeLnotab(table: Uint8Array, firstLine: number): LineTable {
  return decode(table, firstLine, signed);
}

/** `co_lnotab` up to 3.5: the same, but line deltas have no sign. */
export function decodeUnsignedLnotab(table: Uint8Array, firstLine: number): LineTable {
  return decode(table, firstLine, (byte) => byte);
}

function decode(table: Uint8Array, firstLine: number, lineDelta: (byte: number) => number): LineTable {
  const builder = new LineTableBuilder();
  let line = firstLine;
  let address = 0;
  for (let at = 0; at + 1 < table.length; at += 2) {
    const addressDelta = table[at] as number;
    if (addressDelta !== 0) {
      address += addressDelta;
      builder.add(address, line, 0);
    }
    line += lineDelta(table[at + 1] as number);
  }
  builder.add(NO_END, line, 0);
  return builder.finish();
}

function signed(byte: number): number {
  return byte < 128 ? byte : byte - 256;
}
