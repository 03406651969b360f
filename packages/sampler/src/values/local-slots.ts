import type { Layout } from "@pyspy/layouts";
import { MemoryError } from "@pyspy/process";
import { TargetError } from "../errors.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "../memory-reader.ts";
import type { LocalKind } from "./local-variable.ts";
import { readName } from "./string-text.ts";

/* Include/cpython/code.h: CO_VARARGS, CO_VARKEYWORDS. */
const VARARGS = 0x04;
const VARKEYWORDS = 0x08;
/* Include/internal/pycore_code.h: `_PyLocals_Kind`. */
const HIDDEN = 0x10;
const CELL = 0x40;
const FREE = 0x80;
/** A function with more is none: CPython's own limit is its frame's size. */
const MAX_SLOTS = 65_536;

/** Where a frame keeps a variable. */
export interface LocalSlot {
  readonly name: string;
  readonly kind: LocalKind;
  /** Of `localsplus`. */
  readonly index: number;
  /** Whether a cell is there, or will be when the function has begun. */
  readonly isCell: boolean;
  /** Slot to look at first: up to 3.10 an argument that an inner function uses is in a cell, once the function has begun. */
  readonly cellIndex?: number;
}

/**
 * The variables of a code object, arguments first, in the order of their slots. Throws `TargetError` or `MemoryError`
 * when it cannot be read.
 */
export function readLocalSlots(reader: MemoryReader, layout: Layout, code: number): LocalSlot[] {
  return layout.codeObject.localspluskinds === undefined ? slotsOfThree(reader, layout, code) : slotsWithKinds(reader, layout, code);
}

/** 3.11 and later: one tuple of names, one bytes object of kinds. */
function slotsWithKinds(reader: MemoryReader, layout: Layout, code: number): LocalSlot[] {
  const { localsplusnames, localspluskinds } = layout.codeObject;
  const names = readNames(reader, layout, reader.pointer(code + localsplusnames));
  const kinds = reader.pointer(code + (localspluskinds as number));
  if (reader.size(kinds + layout.bytesObject.size) !== names.length) throw new TargetError(kinds, "other kinds than names");
  const bytes = names.length === 0 ? [] : reader.bytes(kinds + layout.bytesObject.data, names.length);
  const argumentCount = countArguments(reader, layout, code);
  const slots: LocalSlot[] = [];
  for (const [index, name] of names.entries()) {
    const bits = bytes[index] as number;
    if ((bits & HIDDEN) !== 0) continue;
    slots.push({ name, kind: kindOf(index < argumentCount, bits), index, isCell: (bits & (CELL | FREE)) !== 0 });
  }
  return slots;
}

function kindOf(isArgument: boolean, bits: number): LocalKind {
  if (isArgument) return "argument";
  if ((bits & FREE) !== 0) return "free";
  return (bits & CELL) === 0 ? "local" : "cell";
}

/** Up to 3.10: `co_varnames`, then `co_cellvars`, then `co_freevars`. */
function slotsOfThree(reader: MemoryReader, layout: Layout, code: number): LocalSlot[] {
  const { localsplusnames, cellvars, freevars } = layout.codeObject;
  const namesAt = (field: number) => readNames(reader, layout, reader.pointer(code + field));
  const [fast, cells, free] = [namesAt(localsplusnames), namesAt(cellvars as number), namesAt(freevars as number)];
  const argumentCount = countArguments(reader, layout, code);
  const ofFast = fast.map((name, index): LocalSlot => {
    const kind = index < argumentCount ? "argument" : "local";
    const cell = kind === "argument" ? cells.indexOf(name) : -1;
    return { name, kind, index, isCell: false, ...(cell < 0 ? {} : { cellIndex: fast.length + cell }) };
  });
  const captured = new Set(fast.slice(0, argumentCount));
  const ofCells = cells.map((name, index): LocalSlot => ({ name, kind: "cell", index: fast.length + index, isCell: true }));
  const ofFree = free.map((name, index): LocalSlot => ({ name, kind: "free", index: fast.length + cells.length + index, isCell: true }));
  return [...ofFast, ...ofCells.filter(({ name }) => !captured.has(name)), ...ofFree];
}

function countArguments(reader: MemoryReader, layout: Layout, code: number): number {
  const { argcount, kwonlyargcount, flags } = layout.codeObject;
  const bits = reader.u32(code + flags);
  const starred = ((bits & VARARGS) === 0 ? 0 : 1) + ((bits & VARKEYWORDS) === 0 ? 0 : 1);
  return reader.u32(code + argcount) + (kwonlyargcount === undefined ? 0 : reader.u32(code + kwonlyargcount)) + starred;
}

function readNames(reader: MemoryReader, layout: Layout, tuple: number): string[] {
  if (!isObjectAddress(tuple)) throw new TargetError(tuple, "no tuple of names");
  const count = reader.size(tuple + layout.tupleObject.size);
  if (count < 0 || count > MAX_SLOTS) throw new TargetError(tuple, `tuple of ${count} names`);
  if (count === 0) return [];
  const { pointerSize } = layout;
  const view = reader.view(tuple + layout.tupleObject.items, count * pointerSize);
  return Array.from({ length: count }, (_, index) => nameOr(reader, layout, pointerAt(view, index * pointerSize, pointerSize)));
}

function nameOr(reader: MemoryReader, layout: Layout, address: number): string {
  try {
    return readName(reader, layout, address) ?? "?";
  } catch (error) {
    if (error instanceof TargetError || error instanceof MemoryError) return "?";
    throw error;
  }
}
