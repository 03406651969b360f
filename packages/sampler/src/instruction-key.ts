/** Instruction offsets are below this: code objects of 16 MiB. */
const INSTRUCTIONS = 2 ** 24;

/** One number for a code object, by id, and a byte offset in it; offsets before the first instruction count as 0. */
export function instructionKey(code: number, instruction: number): number {
  return code * INSTRUCTIONS + Math.max(instruction, 0);
}
