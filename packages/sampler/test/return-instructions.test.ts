import { layoutFor } from "@pyspy/layouts";
import { MemoryError, type ProcessMemory, type ReadBatch } from "@pyspy/process";
import { describe, expect, it } from "vitest";
import type { CodeObject } from "../src/code-object.ts";
import { MemoryReader } from "../src/memory-reader.ts";
import { ReturnInstructions } from "../src/return-instructions.ts";

const CODE_START = 0x10_000;

/** The bytecode of `return 1`, and nothing else. */
class BytecodeMemory implements ProcessMemory {
  readonly method = "test";
  calls = 0;
  readonly #bytes: Uint8Array;

  constructor(opcodes: readonly number[]) {
    this.#bytes = Uint8Array.from(opcodes.flatMap((opcode) => [opcode, 0]));
  }

  batch(): ReadBatch {
    throw new Error("not asked for");
  }

  readBatch(): number {
    throw new Error("not asked for");
  }

  read(address: number, length: number): Uint8Array {
    this.calls++;
    const start = address - CODE_START;
    if (start < 0 || start + length > this.#bytes.length) throw new MemoryError(address, length, 0);
    return this.#bytes.slice(start, start + length);
  }
}

function returnsOf(minor: number, memory: ProcessMemory): ReturnInstructions {
  const layout = layoutFor({ major: 3, minor })!;
  return new ReturnInstructions(layout, new MemoryReader(memory, 8));
}

const code = { id: 1, codeStart: CODE_START, codeLength: 6 } as CodeObject;

/* RESUME_CHECK, LOAD_CONST, RETURN_VALUE as the interpreters themselves print them. */
describe.each([
  [14, [196, 94, 35]],
  [15, [200, 93, 33]],
])("under 3.%i", (minor, opcodes) => {
  it("the return is told from what precedes it, and read once", () => {
    const memory = new BytecodeMemory(opcodes);
    const returns = returnsOf(minor, memory);
    for (let time = 0; time < 3; time++) expect([0, 2, 4].map((at) => returns.has(code, at))).toEqual([false, false, true]);
    expect(memory.calls).toBe(3);
    returns.forget();
    expect(returns.has(code, 4)).toBe(true);
    expect(memory.calls).toBe(4);
  });

  it("neither what is before the first instruction nor what cannot be read is one", () => {
    const returns = returnsOf(minor, new BytecodeMemory(opcodes));
    expect(returns.has(code, -2)).toBe(false);
    expect(returns.has(code, 6)).toBe(false);
  });
});
