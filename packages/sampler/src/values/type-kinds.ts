import type { Layout } from "@pyspy/layouts";
import { TargetError } from "../errors.ts";
import { isObjectAddress, type MemoryReader } from "../memory-reader.ts";
import { readCString } from "../python-type.ts";
import { TypeBits } from "../type-bits.ts";

/* Include/object.h: Py_TPFLAGS_HEAPTYPE. */
const HEAP_TYPE = 1 << 9;
const MAX_BASES = 64;

/** What is known of a `PyTypeObject`. */
export interface ObjectType {
  readonly address: number;
  /** `tp_name`: with its module for types made in C, without for classes. */
  readonly name: string;
  /** `tp_flags`, the low 32 bits. */
  readonly flags: number;
  /** Made by a `class` statement, or in C by a specification. */
  readonly isHeapType: boolean;
  /** The type and its `tp_base`s, nearest first: those whose memory the object's extends. */
  readonly bases: readonly ObjectType[];
  /** Names of the static types among `bases`: "float", "numpy.ndarray". No class can pass itself off as one. */
  readonly staticNames: readonly string[];
}

export function hasBit(type: ObjectType, bit: number): boolean {
  return ((type.flags >>> bit) & 1) === 1;
}

/** Whether objects of the type are what names are: `str`, in 2.7 `unicode` as well. */
export function isText(type: ObjectType, { traits }: Layout): boolean {
  return hasBit(type, TypeBits.unicode) || (traits.strings === "bytes" && hasBit(type, TypeBits.bytes));
}

/** Types of the target by address, each read once. */
export class ObjectTypes {
  readonly #reader: MemoryReader;
  readonly #layout: Layout;
  readonly #types = new Map<number, ObjectType>();

  constructor(reader: MemoryReader, layout: Layout) {
    this.#reader = reader;
    this.#layout = layout;
  }

  /** The type of an object. Throws `TargetError` or `MemoryError` when what is there is no object. */
  of(object: number): ObjectType {
    if (!isObjectAddress(object)) throw new TargetError(object, "no object");
    return this.at(this.#reader.pointer(object + this.#layout.object.type));
  }

  at(address: number): ObjectType {
    return this.#types.get(address) ?? this.#read(address, 0);
  }

  #read(address: number, depth: number): ObjectType {
    if (!isObjectAddress(address) || depth === MAX_BASES) throw new TargetError(address, "no type object");
    const { name, flags, base } = this.#layout.typeObject;
    const bits = this.#reader.u32(address + flags);
    const parent = this.#reader.pointer(address + base);
    const above = parent === 0 ? undefined : (this.#types.get(parent) ?? this.#read(parent, depth + 1));
    const isHeapType = (bits & HEAP_TYPE) !== 0;
    const text = readCString(this.#reader, this.#reader.pointer(address + name));
    const bases = [...(above?.bases ?? [])];
    const staticNames = [...(isHeapType ? [] : [text]), ...(above?.staticNames ?? [])];
    const type: ObjectType = { address, name: text, flags: bits, isHeapType, bases, staticNames };
    bases.unshift(type);
    this.#types.set(address, type);
    return type;
  }
}
