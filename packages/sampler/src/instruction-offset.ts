import type { CodeObject } from "./code-object.ts";

/** Byte offset of an instruction in its code; -2 before the first; `code.codeLength` when it is another code's. */
export function instructionOffset({ codeStart, codeLength }: CodeObject, address: number): number {
  const offset = address - codeStart;
  // Before a frame has run, the pointer is one unit before the code; anything lower is another code's.
  return offset >= -2 ? offset : codeLength;
}
