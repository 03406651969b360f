import type { Layout } from "@pyspy/layouts";
import { MemoryError } from "@pyspy/process";
import type { CodeObject } from "./code-object.ts";
import { TargetError } from "./errors.ts";
import type { MemoryReader } from "./memory-reader.ts";

/**
 * Where in its bytecode a frame is. Free-threaded builds from 3.14 on specialise in place, so each thread runs a copy of
 * its own: `co_tlbc` points to `_PyCodeArray` {size, entries}, and a frame tells by `tlbc_index` which one it runs
 * (InternalDocs/free_threading.md? no: Include/internal/pycore_code.h, `_PyCode_GetTLBC`). Entry 0 is the code object's
 * own bytecode.
 */
export class InstructionOffsets {
  readonly #reader: MemoryReader;
  readonly #pointerSize: number;
  /** Of `co_tlbc`; `undefined` where there are no copies. */
  readonly #array: number | undefined;
  /** By code object's id, then by index: where the copy starts. */
  readonly #copies = new Map<number, Map<number, number>>();

  constructor({ codeObject, pointerSize }: Layout, reader: MemoryReader) {
    this.#reader = reader;
    this.#pointerSize = pointerSize;
    this.#array = codeObject.tlbc;
  }

  /** Forgets the copies, since the ids of code objects are given anew. */
  forget(): void {
    this.#copies.clear();
  }

  /**
   * Byte offset of the instruction at an address in the code's bytecode, or in its copy of that index; -2 before the
   * first; `code.codeLength` when it is another code's.
   */
  offsetIn(code: CodeObject, address: number, copy: number): number {
    const offset = address - code.codeStart;
    // Before a frame has run, the pointer is one unit before the code; anything lower is another code's.
    if (offset >= -2 && offset < code.codeLength) return offset;
    if (this.#array === undefined || copy <= 0) return code.codeLength;
    const known = this.#copies.get(code.id)?.get(copy);
    if (known !== undefined && isWithin(address, known, code)) return address - known;
    // Of a thread that came later; or of one that has the index of one that has ended.
    const start = this.#readStart(code, copy);
    return isWithin(address, start, code) ? address - start : code.codeLength;
  }

  #readStart(code: CodeObject, copy: number): number {
    try {
      const array = this.#reader.pointer(code.address + (this.#array as number));
      if (copy >= this.#reader.size(array)) return 0;
      const start = this.#reader.pointer(array + this.#pointerSize * (1 + copy));
      this.#copiesOf(code).set(copy, start);
      return start;
    } catch (error) {
      if (error instanceof TargetError || error instanceof MemoryError) return 0;
      throw error;
    }
  }

  #copiesOf({ id }: CodeObject): Map<number, number> {
    let copies = this.#copies.get(id);
    if (!copies) this.#copies.set(id, (copies = new Map()));
    return copies;
  }
}

function isWithin(address: number, start: number, { codeLength }: CodeObject): boolean {
  return start !== 0 && address >= start && address < start + codeLength;
}
