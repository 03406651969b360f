import type { Traits } from "@pyspy/layouts";
import { decodeLinetable } from "./line-table-linetable.ts";
import { decodeLnotab, decodeUnsignedLnotab } from "./line-table-lnotab.ts";
import { decodeLocations } from "./line-table-locations.ts";

/** Which source position each instruction of a code object belongs to: ranges in order of address, without overlap. */
export interface LineTable {
  /** Byte offset of the first instruction after range i; a range starts where the one before ends. */
  readonly ends: Int32Array;
  /** Line of range i; 0 where it belongs to none. */
  readonly lines: Int32Array;
  /** One-based column of range i; 0 where not known. */
  readonly columns: Int32Array;
}

export const decodeLineTable: Readonly<Record<Traits["lineTable"], (table: Uint8Array, firstLine: number) => LineTable>> = {
  "lnotab-unsigned": decodeUnsignedLnotab,
  lnotab: decodeLnotab,
  linetable: decodeLinetable,
  locations: decodeLocations,
};

/** The range that holds the instruction at a byte offset: start <= offset < end. -1 past the last. */
export function rangeAt(table: LineTable, offset: number): number {
  const { ends } = table;
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) > offset) high = middle;
    else low = middle + 1;
  }
  return low < ends.length ? low : -1;
}
