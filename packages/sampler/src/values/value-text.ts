import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ProcessMemory } from "@pyspy/process";
import { TargetError } from "../errors.ts";
import { MemoryReader } from "../memory-reader.ts";
import { TypeBits } from "../type-bits.ts";
import { ClassMembers } from "./class-members.ts";
import { hasBit, type ObjectType, ObjectTypes } from "./type-kinds.ts";
import { PageCache } from "./page-cache.ts";
import { SHORTEST, type TargetObject, type ValueContext, type ValueFormat } from "./value-format.ts";
import { formatOf } from "./value-formats.ts";

const MAX_DEPTH = 64;
/** Objects looked at for one value: texts of few characters can take long where the same lists are in one another often. */
const MIN_OBJECTS = 1000;
const OBJECTS_PER_CHARACTER = 4;
/** Read for one value. Emptied dicts and sets keep their tables; only a table of millions reaches this. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Values of the target as text, read from its memory alone: none of its code runs, no `__repr__` of its own.
 *
 * With a limit of L characters a value's text is about as long at most. What does not fit is "...", what cannot be read
 * "?". Where py-spy (0.4) has the value right, the text is py-spy's; else what Python's `repr` says:
 *
 * | value | text | |
 * |---|---|---|
 * | int and derived (`IntEnum`) | decimal, of any size and sign; cut after L - 5 digits | py-spy: "+bigint" from 2^60 on |
 * | bool, None, Ellipsis, NotImplemented | `True`, `None`, ... | py-spy's |
 * | str and derived | always in double quotes; cut after L - 5 characters with `..."` | py-spy's shape. Escaped as by `repr`, so that the text is a literal of the same str: py-spy turns `'` into `\"` and leaves `"`, `\` and control characters as they are |
 * | list, tuple, dict and derived | `[1, 2]`, `(1, 2)`, `{"k": 1}`; an item that does not fit is "...", the last | py-spy's; a tuple of one is `(1,)` |
 * | a list in itself | `[...]`; `{...}`, `(...)`, `...` | `repr`'s; py-spy goes on to the limit |
 * | named tuple, dataclass | `Point(x=1, y=2)` | `repr`'s; a dataclass also where it has a `__repr__` of its own |
 * | float | `1.0`, `1e+16`, `nan` | `repr`'s; py-spy: `1`, 301 digits, `NaN` |
 * | complex, bytes, bytearray, set, frozenset, range, slice | `repr`'s, with str inside in double quotes | py-spy: opaque |
 * | exception | class and `args` | `repr`'s; py-spy: opaque |
 * | enumerator | `<Colour.RED: 1>` | `repr`'s; py-spy: opaque |
 * | function, method, built-in, class, module | `<function outer.<locals>.inner at 0x7f>`, `<class 'module.Name'>` | `repr`'s; py-spy: `<function at 0x7f>` |
 * | in 2.7 `str`, `unicode`, `long`, `xrange`, old-style classes and their instances, methods | `"text"`, `u"text"`, `1L`; else `repr`'s, instances as below | |
 * | other instances | `<Name at 0x7f: x=1, y="z">`, attributes in slots and in the dict; without them inside of other values | py-spy: `<Name at 0x7f>` |
 * | numpy scalars | the plain value, of float16 and complex too | py-spy's; but `True`, not `true` |
 * | numpy array | `<numpy.ndarray at 0x7f: shape=(3, 4), dtype=float64>` | py-spy: without shape |
 * | all else | `<typename at 0x7f>` | py-spy's |
 */
export class ValueText implements ValueContext {
  readonly reader: MemoryReader;
  readonly layout: Layout;
  readonly types: ObjectTypes;
  readonly members: ClassMembers;
  readonly #memory: PageCache;
  readonly #formats = new Map<ObjectType, ValueFormat>();
  /** Objects whose texts are being made, the outermost first. */
  readonly #open: number[] = [];
  #objectsLeft = 0;

  /** The memory has to stay as it is: pages are read once. */
  constructor(memory: ProcessMemory, layout: Layout) {
    this.#memory = new PageCache(memory);
    this.reader = new MemoryReader(this.#memory, layout.pointerSize);
    this.layout = layout;
    this.types = new ObjectTypes(this.reader, layout);
    this.members = new ClassMembers(this.reader, layout, this.types);
  }

  get depth(): number {
    return this.#open.length;
  }

  /** The text of a variable's value. Throws `ProcessError` when the process is gone, nothing else. */
  of(address: number, limit: number): string {
    this.#objectsLeft = MIN_OBJECTS + limit * OBJECTS_PER_CHARACTER;
    this.#memory.allow(MAX_BYTES);
    const text = this.nested(address, limit);
    this.#memory.allow(Number.POSITIVE_INFINITY);
    return text;
  }

  nested(address: number, limit: number): string {
    if (limit <= SHORTEST || this.depth === MAX_DEPTH || this.#objectsLeft-- <= 0) return "...";
    try {
      const object = { address, type: this.types.of(address) };
      return this.#open.includes(address) ? cycleText(object) : this.#write(object, limit);
    } catch (error) {
      if (error instanceof TargetError || error instanceof MemoryError) return "?";
      throw error;
    }
  }

  #write(object: TargetObject, limit: number): string {
    let format = this.#formats.get(object.type);
    if (!format) {
      format = formatOf(object.type, this.layout);
      this.#formats.set(object.type, format);
    }
    this.#open.push(object.address);
    try {
      return format(this, object, limit);
    } finally {
      this.#open.pop();
    }
  }
}

function cycleText({ type }: TargetObject): string {
  if (hasBit(type, TypeBits.list)) return "[...]";
  if (hasBit(type, TypeBits.dict)) return "{...}";
  return hasBit(type, TypeBits.tuple) ? "(...)" : "...";
}
