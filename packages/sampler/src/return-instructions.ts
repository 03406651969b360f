import type { Layout } from "@pyspy/layouts";
import { MemoryError } from "@pyspy/process";
import type { CodeObject } from "./code-object.ts";
import { TargetError } from "./errors.ts";
import { instructionKey } from "./instruction-key.ts";
import type { MemoryReader } from "./memory-reader.ts";

/** Which instructions of code objects are RETURN_VALUE, each read from the target when it is first asked for. */
export class ReturnInstructions {
  readonly #reader: MemoryReader;
  readonly #opcode: number | undefined;
  readonly #known = new Map<number, boolean>();

  constructor(layout: Layout, reader: MemoryReader) {
    this.#reader = reader;
    this.#opcode = layout.traits.returnOpcode;
  }

  /** Whether the instruction at a byte offset is one. False when it cannot be read. */
  has(code: CodeObject, instruction: number): boolean {
    if (instruction < 0) return false;
    const key = instructionKey(code.id, instruction);
    let known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, (known = this.#read(code.codeStart + instruction)));
    return known;
  }

  /** Forgets all: the ids of code objects are given anew. */
  forget(): void {
    this.#known.clear();
  }

  #read(address: number): boolean {
    try {
      return this.#reader.u8(address) === this.#opcode;
    } catch (error) {
      if (error instanceof MemoryError || error instanceof TargetError) return false;
      throw error;
    }
  }
}
