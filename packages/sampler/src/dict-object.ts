import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";

const MAX_ENTRIES = 1_000_000;
/** Of a dict of a thousand million entries. */
const MAX_INDEX_BYTES = 2 ** 34;
/** `dk_kind` of keys whose entries keep the hash: {hash, key, value} instead of {key, value}. */
const GENERAL_KEYS = 0;

export interface DictEntry {
  readonly key: number;
  readonly value: number;
}

/** Keys and values of a `dict` object, in insertion order. Throws {@link TargetError} when it is none. */
export function readDict(reader: MemoryReader, layout: Layout, address: number): DictEntry[] {
  const { dictObject } = layout;
  const keys = reader.pointer(address + dictObject.keys);
  const values = reader.pointer(address + dictObject.values);
  if (values === 0) return readKeys(reader, layout, keys);
  return readSplit(reader, layout, keys, values + headOfValues(layout));
}

/** Keys from `keys`, a `PyDictKeysObject`, and as many values from an array elsewhere: a split table. */
export function readSplit(reader: MemoryReader, layout: Layout, keys: number, values: number): DictEntry[] {
  const entries = readKeys(reader, layout, keys);
  if (entries.length === 0) return [];
  const view = reader.view(values, entries.length * layout.pointerSize);
  return entries.map(({ key }, index) => ({ key, value: pointerAt(view, index * layout.pointerSize, layout.pointerSize) }));
}

/** Bytes of a `PyDictValues` before its values. */
export function headOfValues(layout: Layout): number {
  return layout.traits.dictValues === "headed" ? layout.pointerSize : 0;
}

function readKeys(reader: MemoryReader, layout: Layout, keys: number): DictEntry[] {
  if (!isObjectAddress(keys)) throw new TargetError(keys, "no dict keys");
  const { pointerSize } = layout;
  const count = reader.size(keys + layout.dictKeys.entryCount);
  if (count < 0 || count > MAX_ENTRIES) throw new TargetError(keys, `dict of ${count} entries`);
  if (count === 0) return [];
  const { start, withHash } = entryTable(reader, layout, keys);
  const words = withHash ? 3 : 2;
  const view = reader.view(start, count * words * pointerSize);
  const entries: DictEntry[] = [];
  for (let index = 0; index < count; index++) {
    const at = (index * words + (withHash ? 1 : 0)) * pointerSize;
    entries.push({ key: pointerAt(view, at, pointerSize), value: pointerAt(view, at + pointerSize, pointerSize) });
  }
  return entries;
}

/** The entries follow the index table, whose size the keys tell directly or through the size of the table. */
export function entryTable(reader: MemoryReader, layout: Layout, keys: number): { start: number; withHash: boolean } {
  const { dictKeys, traits } = layout;
  if (traits.dictKeys === "log2-size") {
    const indexBytes = 2 ** reader.u8(keys + (dictKeys.log2IndexBytes as number));
    if (indexBytes > MAX_INDEX_BYTES) throw new TargetError(keys, `dict with an index of ${indexBytes} bytes`);
    return { start: keys + dictKeys.indices + indexBytes, withHash: reader.u8(keys + (dictKeys.kind as number)) === GENERAL_KEYS };
  }
  const size = reader.size(keys + (dictKeys.size as number));
  const width = size <= 0xff ? 1 : size <= 0xffff ? 2 : size <= 0xffffffff ? 4 : 8;
  return { start: keys + dictKeys.indices + size * width, withHash: true };
}
