import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import { isObjectAddress, type MemoryReader } from "./memory-reader.ts";

/** Of a dict of a thousand million entries. */
const MAX_INDEX_BYTES = 2 ** 34;
/** `dk_kind` of keys whose entries keep the hash: {hash, key, value} instead of {key, value}. */
const GENERAL_KEYS = 0;

/** Where the places for entries of a `dict`, used, deleted and free ones, are. */
export interface DictTable {
  readonly start: number;
  readonly places: number;
  /** Whether a place is {hash, key, value}; else {key, value}. */
  readonly withHash: boolean;
}

/** The table of a `dict` object, and the address of its values where those are elsewhere (a split table), else 0. */
export function readDictTable(reader: MemoryReader, layout: Layout, address: number): DictTable & { readonly values: number } {
  const { dictObject, traits } = layout;
  if (traits.dictKeys === "table") {
    const places = reader.size(address + (dictObject.mask as number)) + 1;
    return { start: reader.pointer(address + (dictObject.table as number)), places, withHash: true, values: 0 };
  }
  const keys = reader.pointer(address + (dictObject.keys as number));
  const values = reader.pointer(address + (dictObject.values as number));
  return { ...readKeysTable(reader, layout, keys), values: values === 0 ? 0 : values + headOfValues(layout) };
}

/** The table of a `PyDictKeysObject`. Where there is an index, the entries follow it. */
export function readKeysTable(reader: MemoryReader, layout: Layout, keys: number): DictTable {
  if (!isObjectAddress(keys)) throw new TargetError(keys, "no dict keys");
  const { size, entryCount, indices, entries, log2IndexBytes, kind } = layout.dictKeys as Required<NonNullable<Layout["dictKeys"]>>;
  switch (layout.traits.dictKeys) {
    case "log2-size": {
      const indexBytes = 2 ** reader.u8(keys + log2IndexBytes);
      if (indexBytes > MAX_INDEX_BYTES) throw new TargetError(keys, `dict with an index of ${indexBytes} bytes`);
      const withHash = reader.u8(keys + kind) === GENERAL_KEYS;
      return { start: keys + indices + indexBytes, places: reader.size(keys + entryCount), withHash };
    }
    case "dict-size": {
      const count = reader.size(keys + size);
      const width = count <= 0xff ? 1 : count <= 0xffff ? 2 : count <= 0xffffffff ? 4 : 8;
      return { start: keys + indices + count * width, places: reader.size(keys + entryCount), withHash: true };
    }
    default:
      return { start: keys + entries, places: reader.size(keys + size), withHash: true };
  }
}

/** Bytes of a `PyDictValues` before its values. */
export function headOfValues(layout: Layout): number {
  return layout.traits.dictValues === "headed" ? layout.pointerSize : 0;
}
