import type { Layout } from "@pyspy/layouts";
import { type DictEntry, readDict, readSplit } from "./dict-object.ts";
import { headOfValues } from "./dict-table.ts";
import { isObjectAddress, type MemoryReader } from "./memory-reader.ts";

/* Objects/object_layout.md and Include/object.h: Py_TPFLAGS_INLINE_VALUES, Py_TPFLAGS_MANAGED_DICT. */
const INLINE_VALUES = 1 << 2;
const MANAGED_DICT = 1 << 4;

/** Attributes in an instance's `__dict__`, wherever its version keeps them; none if it has no dict. */
export function readInstanceDict(reader: MemoryReader, layout: Layout, object: number): DictEntry[] {
  const type = reader.pointer(object + layout.object.type);
  const flags = reader.u32(type + layout.typeObject.flags);
  if (layout.traits.instanceDict === "dictoffset" || (flags & MANAGED_DICT) === 0) return readByOffset(reader, layout, object, type);
  const slot = object - (layout.traits.managedDictOffset as number);
  const cachedKeys = () => reader.pointer(type + (layout.heapTypeObject as NonNullable<Layout["heapTypeObject"]>).cachedKeys);
  switch (layout.traits.instanceDict) {
    case "managed-pointers":
      return readManagedPointers(reader, layout, slot, cachedKeys);
    case "managed-tagged":
      return readManagedTagged(reader, layout, slot, cachedKeys);
    case "inline-values":
      return readInline(reader, layout, { object, type, slot, inline: (flags & INLINE_VALUES) !== 0 }, cachedKeys);
  }
}

function readByOffset(reader: MemoryReader, layout: Layout, object: number, type: number): DictEntry[] {
  const offset = reader.size(type + layout.typeObject.dictoffset);
  // Negative offsets count from the end of objects of variable size: no instance that is looked up here has one.
  return offset <= 0 ? [] : readDictAt(reader, layout, object + offset);
}

/** 3.11: the dict's pointer and, a word before it, that of the values; one of them is set. */
function readManagedPointers(reader: MemoryReader, layout: Layout, slot: number, cachedKeys: () => number): DictEntry[] {
  const values = reader.pointer(slot - layout.pointerSize);
  return values === 0 ? readDictAt(reader, layout, slot) : readSplit(reader, layout, cachedKeys(), values);
}

/** 3.12: one word, the address of the values less one, or of the dict. */
function readManagedTagged(reader: MemoryReader, layout: Layout, slot: number, cachedKeys: () => number): DictEntry[] {
  const word = reader.pointer(slot);
  return word % 2 === 1 ? readSplit(reader, layout, cachedKeys(), word + 1) : readDictAt(reader, layout, slot);
}

interface InlineObject {
  readonly object: number;
  readonly type: number;
  readonly slot: number;
  readonly inline: boolean;
}

/** 3.13 and later: values right behind the object while their `valid` byte, the fourth, says so; else the dict. */
function readInline(reader: MemoryReader, layout: Layout, at: InlineObject, cachedKeys: () => number): DictEntry[] {
  const values = at.object + reader.size(at.type + layout.typeObject.basicsize);
  if (!at.inline || reader.u8(values + 3) === 0) return readDictAt(reader, layout, at.slot);
  return readSplit(reader, layout, cachedKeys(), values + headOfValues(layout));
}

function readDictAt(reader: MemoryReader, layout: Layout, slot: number): DictEntry[] {
  const dict = reader.pointer(slot);
  return isObjectAddress(dict) ? readDict(reader, layout, dict) : [];
}
