import type { Layout } from "@pyspy/layouts";
import type { DictEntry } from "../dict-object.ts";
import { readDictTable } from "../dict-table.ts";
import { type MemoryReader, pointerAt } from "../memory-reader.ts";

/** Read at once. */
const BLOCK = 64;
/** Deleted entries keep their place: so many places are looked at, with an entry or without. */
const MAX_PLACES = 1_000_000;

/** Entries of a `dict` object in the order that iterating has, read as they are asked for: a large dict costs what is taken of it. */
export function* dictEntries(reader: MemoryReader, layout: Layout, address: number): Generator<DictEntry> {
  const { pointerSize } = layout;
  const { start, places, withHash, values } = readDictTable(reader, layout, address);
  const count = Math.min(places, MAX_PLACES);
  const words = withHash ? 3 : 2;
  for (let first = 0; first < count; first += BLOCK) {
    const size = Math.min(BLOCK, count - first);
    const view = reader.view(start + first * words * pointerSize, size * words * pointerSize);
    const split = values === 0 ? undefined : reader.view(values + first * pointerSize, size * pointerSize);
    for (let index = 0; index < size; index++) {
      const at = (index * words + (withHash ? 1 : 0)) * pointerSize;
      const key = pointerAt(view, at, pointerSize);
      const value = split ? pointerAt(split, index * pointerSize, pointerSize) : pointerAt(view, at + pointerSize, pointerSize);
      if (key !== 0 && value !== 0) yield { key, value };
    }
  }
}
