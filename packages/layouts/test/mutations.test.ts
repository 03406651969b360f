import { debugOffsetsSize, debugOffsetsVersion, LayoutError, selfDescribedLayout } from "@pyspy/layouts";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { flatten } from "./differences.ts";
import { recorded, recordedVersions } from "./recorded.ts";

const largest = 1 << 24;

/** A layout whose every offset is plausible, or a LayoutError; nothing else. */
function holds(bytes: Uint8Array): boolean {
  debugOffsetsVersion(bytes);
  debugOffsetsSize(bytes);
  try {
    const offsets = [...flatten(selfDescribedLayout(bytes))];
    expect(offsets.filter(([, value]) => !Number.isInteger(value) || value < 0 || value > largest)).toEqual([]);
    return true;
  } catch (error) {
    if (error instanceof LayoutError) return false;
    throw error;
  }
}

const original = fc.constantFrom(...recordedVersions);
const word = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.bigInt({ min: 0n, max: 1024n }),
  fc.constantFrom(0n, 1n, 8n, 1n << 31n, 1n << 32n, 1n << 53n, (1n << 64n) - 8n),
);

it("words changed anywhere behind the cookie give a layout or a LayoutError", () => {
  const outcomes = new Set<boolean>();
  const change = fc.tuple(fc.integer({ min: 1, max: 110 }), word);
  fc.assert(fc.property(original, fc.array(change, { minLength: 1, maxLength: 4 }), (version, changes) => {
    const bytes = recorded(version);
    const view = new DataView(bytes.buffer);
    for (const [slot, value] of changes) if (slot * 8 < bytes.length) view.setBigUint64(slot * 8, value, true);
    outcomes.add(holds(bytes));
  }), { numRuns: 2000 });
  expect(outcomes).toEqual(new Set([true, false]));
});

it("a version raised at will gives a layout or a LayoutError", () => {
  fc.assert(fc.property(original, fc.integer({ min: 16, max: 255 }), fc.integer({ min: 0, max: 4096 }), (version, minor, length) => {
    const bytes = new Uint8Array(length);
    bytes.set(recorded(version).subarray(0, length));
    if (length > 10) bytes[10] = minor;
    holds(bytes);
  }), { numRuns: 1000 });
});

it("bytes cut at any length, and any bytes behind a true head, give a layout or a LayoutError", () => {
  fc.assert(fc.property(original, fc.uint8Array({ maxLength: 1000 }), fc.integer({ min: 0, max: 900 }), (version, rest, at) => {
    const bytes = recorded(version);
    expect(holds(bytes.subarray(0, at))).toBe(at >= bytes.length);
    holds(Uint8Array.from([...bytes.subarray(0, at), ...rest]));
  }), { numRuns: 1000 });
});
