import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import { decodeLineTable, type LineTable, rangeAt } from "./line-table.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";
import { readString } from "./python-string.ts";

const MAX_LINE_TABLE = 16 * 1024 * 1024;
const BYTES_PER_UNIT = 2;
/** FRAME_SPECIALS_SIZE of 3.11: words of a frame before its locals. */
const SPECIALS_3_11 = 9;

/** A code object of the target, decoded once; the target's own fields, strings read. */
export interface CodeObject {
  /** Counts up from 1 in the order of decoding; of one `CodeCache.generation`, none is reused, also when the address is. */
  readonly id: number;
  readonly address: number;
  readonly name: string;
  /** "" before 3.11. */
  readonly qualifiedName: string;
  readonly filename: string;
  readonly firstLine: number;
  /** Address of the first instruction; 0 where frames keep an index instead (up to 3.10). */
  readonly codeStart: number;
  /** Bytes of bytecode. */
  readonly codeLength: number;
  /** Bytes that a frame of this code takes on the data stack; 0 where there is none (up to 3.10). */
  readonly frameSize: number;
  /** Slots of a frame before its value stack; 0 where frames are objects (up to 3.10). */
  readonly localsCount: number;
  /** What tells it from another code object at the same address: see {@link readIdentity}. */
  readonly identity: Float64Array;
  /** The undecoded line table. */
  readonly lineTableBytes: Uint8Array;
}

export function readCodeObject(reader: MemoryReader, layout: Layout, address: number, id: number): CodeObject {
  const fields = layout.codeObject;
  const view = reader.view(address, identitySpan(layout));
  const identity = readIdentity(layout, view, 0, new Float64Array(IDENTITY_LENGTH));
  const pointer = (offset: number) => pointerAt(view, offset, layout.pointerSize);
  const string = (offset: number) => readString(reader, layout, pointer(offset));
  return {
    id,
    address,
    name: string(fields.name),
    qualifiedName: fields.qualname === undefined ? "" : string(fields.qualname),
    filename: string(fields.filename),
    firstLine: view.getInt32(fields.firstlineno, true),
    codeStart: fields.codeAdaptive === undefined ? 0 : address + fields.codeAdaptive,
    codeLength: codeLength(reader, layout, address, view),
    frameSize: frameSize(layout, view),
    localsCount: fields.nlocalsplus === undefined ? 0 : view.getInt32(fields.nlocalsplus, true),
    identity,
    lineTableBytes: readBytesObject(reader, layout, pointer(fields.linetable)),
  };
}

/** Line tables decoded when first asked for. */
export class LineTables {
  readonly #kind: Layout["traits"]["lineTable"];
  readonly #tables = new Map<number, LineTable>();

  constructor(layout: Layout) {
    this.#kind = layout.traits.lineTable;
  }

  /** Line and one-based column of an instruction, given as byte offset; 0 where there is none. */
  position(code: CodeObject, offset: number): { readonly line: number; readonly column: number } {
    let table = this.#tables.get(code.id);
    if (!table) {
      table = decodeLineTable[this.#kind](code.lineTableBytes, code.firstLine);
      this.#tables.set(code.id, table);
    }
    const range = rangeAt(table, Math.max(offset, 0));
    if (range < 0) return { line: 0, column: 0 };
    return { line: table.lines[range] as number, column: table.columns[range] as number };
  }
}

/* Fields that are set when a code object is made, never changed, and hardly ever equal in two code objects. */
const IDENTITY_LENGTH = 5;

/** How many bytes from a code object's start hold its identity and what else is decoded from it. */
export function identitySpan(layout: Layout): number {
  return layout.codeObject.size;
}

/** No version's code object is larger. */
export const MAX_IDENTITY_SPAN = 512;

/** The identity of the code object whose bytes start at `offset`, written into `into`. */
export function readIdentity(layout: Layout, view: DataView, offset: number, into: Float64Array): Float64Array {
  const { codeObject, pointerSize } = layout;
  into[0] = pointerAt(view, offset + codeObject.name, pointerSize);
  into[1] = pointerAt(view, offset + codeObject.filename, pointerSize);
  into[2] = pointerAt(view, offset + codeObject.linetable, pointerSize);
  into[3] = view.getInt32(offset + codeObject.firstlineno, true);
  into[4] = codeObject.qualname === undefined ? 0 : pointerAt(view, offset + codeObject.qualname, pointerSize);
  return into;
}

export function sameIdentity(a: Float64Array, b: Float64Array): boolean {
  for (let index = 0; index < IDENTITY_LENGTH; index++) if (a[index] !== b[index]) return false;
  return true;
}

function codeLength(reader: MemoryReader, layout: Layout, address: number, view: DataView): number {
  const { codeObject, bytesObject, object, pointerSize } = layout;
  if (codeObject.code === undefined) return reader.size(address + object.size) * BYTES_PER_UNIT;
  return reader.size(pointerAt(view, codeObject.code, pointerSize) + bytesObject.size);
}

function frameSize(layout: Layout, view: DataView): number {
  const { codeObject, pointerSize, traits } = layout;
  if (traits.frameSize === "framesize") return view.getInt32(codeObject.framesize as number, true) * pointerSize;
  if (traits.frameSize === undefined) return 0;
  const locals = view.getInt32(codeObject.nlocalsplus as number, true);
  return (locals + view.getInt32(codeObject.stacksize, true) + SPECIALS_3_11) * pointerSize;
}

function readBytesObject(reader: MemoryReader, layout: Layout, address: number): Uint8Array {
  if (!isObjectAddress(address)) throw new TargetError(address, "no bytes object");
  const length = reader.size(address + layout.bytesObject.size);
  if (length < 0 || length > MAX_LINE_TABLE) throw new TargetError(address, `bytes object of ${length} bytes`);
  return length === 0 ? new Uint8Array(0) : reader.bytes(address + layout.bytesObject.data, length);
}
