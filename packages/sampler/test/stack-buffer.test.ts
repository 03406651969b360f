import fc from "fast-check";
import { expect, it } from "vitest";
import { CycleDetector } from "../src/cycle-detector.ts";
import { StackBuffer } from "../src/stack-buffer.ts";

interface Row {
  readonly address: number;
  readonly code: number;
  readonly instruction: number;
}

const few = fc.record({ address: fc.integer({ min: 4096, max: 4098 }), code: fc.integer({ min: 1, max: 2 }), instruction: fc.integer({ min: -2, max: 0 }) });

it("holds frames in order, however many, and tells how many are what they were", () => {
  fc.assert(
    fc.property(fc.array(fc.array(few, { maxLength: 600, size: "max" }), { minLength: 1, maxLength: 8 }), (samples) => {
      const stack = new StackBuffer();
      let before: readonly Row[] = [];
      for (const rows of samples) {
        stack.startSample();
        stack.depth = 0;
        for (const { address, code, instruction } of rows) stack.push(address, code, instruction, 0);
        expect(rowsOf(stack)).toEqual(rows);
        expect(stack.isRepeated).toBe(common(before, rows, isSame) === Math.max(before.length, rows.length));
        expect(Math.min(stack.sinceStart, rows.length)).toBe(common(before, rows, isSame));
        expect(Math.min(stack.sinceVerified, rows.length)).toBe(common(before, rows, isSameFrame));
        expect(Math.min(stack.sinceKept, rows.length)).toBe(common(before, rows, isSame));
        stack.sinceKept = stack.depth;
        stack.sinceVerified = stack.depth;
        before = rows;
      }
    }),
    { numRuns: 200 },
  );
});

it("a stack recorded long ago is compared with, whatever came between", () => {
  const stack = new StackBuffer();
  const fill = (...codes: readonly number[]): void => {
    stack.startSample();
    stack.depth = 0;
    for (const code of codes) stack.push(4096, code, 0, 0);
  };
  fill(1, 2, 3, 4);
  stack.sinceRecorded = stack.depth;
  fill(1);
  fill(1, 2, 3);
  expect(stack.sinceRecorded).toBe(4);
  fill(1, 2, 5);
  fill(1, 2, 3, 4);
  expect(stack.sinceRecorded).toBe(2);
});

function rowsOf({ addresses, codes, instructions, depth }: StackBuffer): Row[] {
  return Array.from({ length: depth }, (_, index) => ({
    address: addresses[index] as number,
    code: codes[index] as number,
    instruction: instructions[index] as number,
  }));
}

function common(a: readonly Row[], b: readonly Row[], isEqual: (a: Row, b: Row) => boolean): number {
  let count = 0;
  while (count < a.length && count < b.length && isEqual(a[count] as Row, b[count] as Row)) count++;
  return count;
}

function isSameFrame(a: Row, b: Row): boolean {
  return a.address === b.address && a.code === b.code;
}

function isSame(a: Row, b: Row): boolean {
  return isSameFrame(a, b) && a.instruction === b.instruction;
}

it("a cycle is found within three rounds, a list without one never is", () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 1, max: 300 }), (tail, length) => {
      const cycle = new CycleDetector();
      cycle.restart();
      for (let step = 0; step < tail + length; step++) expect(cycle.repeats(4096 + step * 8)).toBe(false);
      cycle.restart();
      const at = (step: number): number => 4096 + (step < tail ? step : tail + ((step - tail) % length)) * 8;
      let steps = 0;
      while (!cycle.repeats(at(steps))) steps++;
      expect(steps).toBeGreaterThanOrEqual(length);
      expect(steps).toBeLessThanOrEqual(3 * (tail + length));
    }),
  );
});
