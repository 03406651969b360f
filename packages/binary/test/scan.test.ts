import { findBytes, pointersInto, type AddressRange } from "@pyspy/binary";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const ranges: readonly AddressRange[] = [
  { start: 0x7f00_0000_1000, end: 0x7f00_0000_2000 },
  { start: 0x40_0000, end: 0x40_0010 },
];

describe("pointersInto", () => {
  it("finds what points into a range, its start but not its end", () => {
    const bytes = Buffer.alloc(64);
    const words = [0x40_0000, 0x40_0010, 0x40_000f, 0x7f00_0000_1fff, 0x7f00_0000_2000, 0, 0x7f00_0000_0fff];
    for (const [index, word] of words.entries()) bytes.writeBigUInt64LE(BigInt(word), index * 8);
    bytes.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 56);
    expect([...pointersInto(bytes, 8, ranges)]).toEqual([
      { offset: 0, value: 0x40_0000 },
      { offset: 16, value: 0x40_000f },
      { offset: 24, value: 0x7f00_0000_1fff },
    ]);
    expect([...pointersInto(bytes, 8, [])]).toEqual([]);
    expect([...pointersInto(bytes.subarray(0, 7), 8, ranges)]).toEqual([]);
    expect([...pointersInto(bytes.subarray(8), 8, ranges)].map(({ offset }) => offset)).toEqual([8, 16]);
  });

  const boundary = fc.nat({ max: 400 });
  const anyRanges = fc.array(fc.record({ start: boundary, end: boundary }), { maxLength: 6 });

  it.each([4, 8] as const)("agrees with a slow search, of %d-byte words in either order at any alignment", (size) => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 420 }), { maxLength: 60 }),
        anyRanges,
        fc.constantFrom("little" as const, "big" as const),
        fc.nat({ max: 9 }),
        fc.constantFrom(0, size === 8 ? 0x12_3456_7800_0000 : 0xfff0_0000),
        (words, near, endianness, shift, base) => {
          const buffer = Buffer.alloc(shift + words.length * size + 3);
          const view = new DataView(buffer.buffer, buffer.byteOffset + shift);
          for (const [index, word] of words.entries()) {
            const little = endianness === "little";
            if (size === 8) view.setBigUint64(index * 8, BigInt(base + word), little);
            else view.setUint32(index * 4, base + word, little);
          }
          const far = near.map(({ start, end }) => ({ start: base + start, end: base + end }));
          const expected = words
            .map((word, index) => ({ offset: index * size, value: base + word }))
            .filter(({ value }) => far.some(({ start, end }) => value >= start && value < end));
          const bytes = buffer.subarray(shift, shift + words.length * size + 3);
          expect([...pointersInto(bytes, size, far, endianness)]).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("takes megabytes", () => {
    const bytes = new Uint8Array(8_000_000);
    new DataView(bytes.buffer).setBigUint64(7_999_992, 0x40_0001n, true);
    expect([...pointersInto(bytes, 8, ranges)]).toEqual([{ offset: 7_999_992, value: 0x40_0001 }]);
  });
});

describe("findBytes", () => {
  it("finds every occurrence, those that overlap too", () => {
    const bytes = new Uint8Array([0, 7, 7, 7, 0, 7, 7]);
    expect([...findBytes(bytes, new Uint8Array([7, 7]))]).toEqual([1, 2, 5]);
    expect([...findBytes(bytes.subarray(2), new Uint8Array([7, 7]))]).toEqual([0, 3]);
    expect([...findBytes(bytes, new Uint8Array([9]))]).toEqual([]);
    expect([...findBytes(bytes, new Uint8Array())]).toEqual([]);
  });
});
