import type { Layout } from "@pyspy/layouts";
import { type DictTable, readDictTable, readKeysTable } from "./dict-table.ts";
import { TargetError } from "./errors.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";

const MAX_PLACES = 1_000_000;

/** An entry, or a place without one: its key or its value is 0. */
export interface DictEntry {
  readonly key: number;
  readonly value: number;
}

/** Keys and values of a `dict` object, in the order that iterating has. Throws {@link TargetError} when it is none. */
export function readDict(reader: MemoryReader, layout: Layout, address: number): DictEntry[] {
  const table = readDictTable(reader, layout, address);
  const entries = readEntries(reader, layout, table);
  return table.values === 0 ? entries : withValues(reader, layout, entries, table.values);
}

/** Keys from `keys`, a `PyDictKeysObject`, and as many values from an array elsewhere: a split table. */
export function readSplit(reader: MemoryReader, layout: Layout, keys: number, values: number): DictEntry[] {
  return withValues(reader, layout, readEntries(reader, layout, readKeysTable(reader, layout, keys)), values);
}

function withValues(reader: MemoryReader, { pointerSize }: Layout, entries: readonly DictEntry[], values: number): DictEntry[] {
  if (entries.length === 0) return [];
  const view = reader.view(values, entries.length * pointerSize);
  return entries.map(({ key }, index) => ({ key, value: pointerAt(view, index * pointerSize, pointerSize) }));
}

function readEntries(reader: MemoryReader, { pointerSize }: Layout, { start, places, withHash }: DictTable): DictEntry[] {
  if (places < 0 || places > MAX_PLACES) throw new TargetError(start, `dict of ${places} places`);
  if (places === 0) return [];
  const words = withHash ? 3 : 2;
  const view = reader.view(start, places * words * pointerSize);
  const entries: DictEntry[] = [];
  for (let index = 0; index < places; index++) {
    const at = (index * words + (withHash ? 1 : 0)) * pointerSize;
    entries.push({ key: pointerAt(view, at, pointerSize), value: pointerAt(view, at + pointerSize, pointerSize) });
  }
  return entries;
}
