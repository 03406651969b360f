import fc from "fast-check";
import { expect, it } from "vitest";
import { CycleDetector } from "../src/cycle-detector.ts";
import { StackBuffer } from "../src/stack-buffer.ts";

interface Row {
  readonly address: number;
  readonly code: number;
  readonly instruction: number;
  readonly marks: number;
}

function rows({ addresses, codes, instructions, marks, start, end }: StackBuffer): Row[] {
  return Array.from({ length: end - start }, (_, index) => ({
    address: addresses[start + index] as number,
    code: codes[start + index] as number,
    instruction: instructions[start + index] as number,
    marks: marks[start + index] as number,
  }));
}

const row = fc.record({ address: fc.nat(2 ** 47), code: fc.nat(), instruction: fc.integer({ min: -2, max: 2 ** 20 }), marks: fc.nat(15) });

it("holds callers and callees in order, however many, and is empty when cleared", () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 2000 }), fc.array(row, { maxLength: 64 }), (callers, callees) => {
      const stack = new StackBuffer();
      for (let repeat = 0; repeat < 2; repeat++) {
        stack.clear();
        expect(stack.depth).toBe(0);
        for (const { address, code, instruction, marks } of callers) stack.addCaller(address, code, instruction, marks);
        for (const { address, code, instruction, marks } of callees) {
          expect(stack.addCallee(address, code, instruction, marks)).toBe(true);
        }
        expect(rows(stack)).toEqual([...callees.toReversed(), ...callers]);
      }
    }),
    { numRuns: 30 },
  );
});

it("says when there is no room for a callee", () => {
  const stack = new StackBuffer();
  let added = 0;
  while (stack.addCallee(4096, 1, 0, 0)) added++;
  expect(added).toBe(64);
  expect(stack.depth).toBe(64);
});

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
