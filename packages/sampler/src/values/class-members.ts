import type { Layout } from "@pyspy/layouts";
import type { DictEntry } from "../dict-object.ts";
import { readInstanceDict } from "../instance-dict.ts";
import { isObjectAddress, type MemoryReader } from "../memory-reader.ts";
import { dictEntries } from "./dict-entries.ts";
import { isText, type ObjectType, type ObjectTypes } from "./type-kinds.ts";
import { readName } from "./string-text.ts";
import type { TargetObject } from "./value-format.ts";

/* Include/descrobject.h: _Py_T_OBJECT and Py_T_OBJECT_EX, kinds of a PyMemberDef that are a pointer to an object. */
const OBJECT_KINDS: ReadonlySet<number> = new Set([6, 16]);
const MAX_SLOTS = 1024;

export interface Attribute {
  readonly name: string;
  /** Address of the value. */
  readonly value: number;
}

interface Slot {
  readonly name: string;
  /** Bytes from the object's start. */
  readonly offset: number;
}

/** What classes define and their instances hold. Names that are no short strings are passed over. */
export class ClassMembers {
  readonly #reader: MemoryReader;
  readonly #layout: Layout;
  readonly #types: ObjectTypes;
  readonly #slots = new Map<ObjectType, readonly Slot[]>();
  readonly #found = new Map<ObjectType, Map<string, number>>();

  constructor(reader: MemoryReader, layout: Layout, types: ObjectTypes) {
    this.#reader = reader;
    this.#layout = layout;
    this.#types = types;
  }

  /** Address of what a class or one of its bases has by that name; 0 when none has. Types made in C are not asked. */
  find(type: ObjectType, name: string): number {
    const found = this.#found.get(type) ?? new Map<string, number>();
    this.#found.set(type, found);
    const known = found.get(name);
    if (known !== undefined) return known;
    const value = this.#search(type, name);
    found.set(name, value);
    return value;
  }

  /** Instance attributes: those in slots, the base's first, then those in the instance's dict. */
  *attributes({ address, type }: TargetObject): Generator<Attribute> {
    for (const { name, offset } of this.#slotsOf(type)) {
      const value = this.#reader.pointer(address + offset);
      if (value !== 0) yield { name, value };
    }
    yield* this.#named(readInstanceDict(this.#reader, this.#layout, address));
  }

  /** The items of a dict whose keys are names. */
  items(dict: number): Generator<Attribute> {
    return this.#named(dictEntries(this.#reader, this.#layout, dict));
  }

  #search(type: ObjectType, name: string): number {
    for (const base of type.bases) {
      for (const item of this.#definitions(base)) if (item.name === name) return item.value;
    }
    return 0;
  }

  *#named(entries: Iterable<DictEntry>): Generator<Attribute> {
    for (const { key, value } of entries) {
      if (value === 0 || !isObjectAddress(key) || !isText(this.#types.of(key), this.#layout)) continue;
      const name = readName(this.#reader, this.#layout, key);
      if (name !== undefined) yield { name, value };
    }
  }

  *#definitions(type: ObjectType): Generator<Attribute> {
    if (!type.isHeapType) return;
    const dict = this.#reader.pointer(type.address + this.#layout.typeObject.dict);
    if (isObjectAddress(dict)) yield* this.items(dict);
  }

  #slotsOf(type: ObjectType): readonly Slot[] {
    const known = this.#slots.get(type);
    if (known) return known;
    const slots = type.bases.toReversed().flatMap((base) => this.#ownSlots(base));
    this.#slots.set(type, slots.slice(0, MAX_SLOTS));
    return slots;
  }

  #ownSlots(type: ObjectType): Slot[] {
    const slots: Slot[] = [];
    for (const { name, value } of this.#definitions(type)) {
      if (this.#types.of(value).staticNames[0] !== "member_descriptor") continue;
      const offset = this.#objectOffset(this.#reader.pointer(value + this.#layout.memberDescriptor.member));
      if (offset !== undefined) slots.push({ name, offset });
    }
    return slots;
  }

  /** Of a `PyMemberDef`: {name, type, offset, ...}, a word each. */
  #objectOffset(member: number): number | undefined {
    const { pointerSize } = this.#layout;
    const kind = this.#reader.u32(member + pointerSize);
    return OBJECT_KINDS.has(kind) ? this.#reader.size(member + 2 * pointerSize) : undefined;
  }
}
