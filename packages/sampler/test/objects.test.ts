import type { Layout } from "@pyspy/layouts";
import { attach, TargetError } from "@pyspy/sampler";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIndex } from "../src/int-object.ts";
import { MemoryReader } from "../src/memory-reader.ts";
import { readString } from "../src/python-string.ts";
import { readCString } from "../src/python-type.ts";
import { type ChangedMemory, changeable } from "./changed-process.ts";
import { recordings } from "./recordings.ts";

const ABSURD = [65_537n, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n];

/** 2.7 has other objects: see values-python2.test.ts. */
const python3 = recordings.filter(({ ready }) => ready.version[0] === 3);

describe.each(python3.map((recording) => [recording.name, recording] as const))("values of Python %s", (_, recording) => {
  const { process, memory } = changeable(recording.open());
  const { layout, runtime } = attach(process);
  const reader = new MemoryReader(memory, layout.pointerSize);
  /** At least 4096 bytes that can be read, to put objects into. */
  const object = runtime;

  it("read any str back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 150 }), fc.boolean(), (text, compact) => {
        memory.restore();
        writeString(memory, layout, object, text, compact);
        expect(readString(reader, layout, object)).toBe(text.toWellFormed());
      }),
      { numRuns: 100 },
    );
  });

  it.each(ABSURD)("refuse a str of %s characters", (length) => {
    memory.restore();
    writeString(memory, layout, object, "text", true);
    memory.set(object + layout.unicodeObject.length, length);
    expectTargetError(() => readString(reader, layout, object), object, /^str object of \d+ characters at 0x/);
  });

  it.each([0, 3, 5, 6, 7])("refuse a str of kind %i", (kind) => {
    memory.restore();
    writeString(memory, layout, object, "text", true);
    memory.set(object + (layout.unicodeObject.state as number), stateOf(layout, kind, true, false), 4);
    expectTargetError(() => readString(reader, layout, object), object, /^str object of kind \d at 0x/);
  });

  it.each([0, 8, 4096, 2 ** 57, 2 ** 60])("refuse a str, a C string or an int at %d", (address) => {
    expectTargetError(() => readString(reader, layout, address), address, /^unreadable str object at 0x/);
    expectTargetError(() => readCString(reader, address), address, /^no NUL within 0 bytes at 0x/);
    expect(() => readIndex(reader, layout, address)).toThrow(/ at 0x[0-9a-f]+/);
  });

  it("read any int from 0 to 2^53 back", () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(2 ** 31), fc.constantFrom(0, 2 ** 30 - 1, 2 ** 30, 2 ** 53 - 1)), (value) => {
        memory.restore();
        writeInt(memory, layout, object, BigInt(value));
        expect(readIndex(reader, layout, object)).toBe(value);
      }),
      { numRuns: 100 },
    );
  });

  it.each([-1n, -7n, -(2n ** 40n), 2n ** 53n, 2n ** 60n - 1n, 2n ** 60n, 2n ** 64n, 2n ** 200n])("refuse the int %s", (value) => {
    memory.restore();
    writeInt(memory, layout, object, value);
    expectTargetError(() => readIndex(reader, layout, object), object, /int object/);
  });

  it.each([24n, ...ABSURD])("refuse an int of size %s", (size) => {
    memory.restore();
    memory.set(object + layout.longObject.size, size);
    expectTargetError(() => readIndex(reader, layout, object), object, /int object/);
  });
});

function expectTargetError(run: () => unknown, address: number, message: RegExp): void {
  expect(run).toThrow(TargetError);
  expect(run).toThrow(expect.objectContaining({ address, message: expect.stringMatching(message) as unknown }));
}

function writeString(memory: ChangedMemory, layout: Layout, object: number, text: string, compact: boolean): void {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  const largest = Math.max(0, ...points);
  const kind = largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4;
  const { unicodeObject } = layout;
  const ascii = compact && largest < 0x80;
  memory.set(object + unicodeObject.length, points.length);
  memory.set(object + (unicodeObject.state as number), stateOf(layout, kind, compact, ascii), 4);
  const elsewhere = object + 1024;
  if (!compact) memory.set(object + unicodeObject.data, elsewhere);
  const data = compact ? object + ((ascii ? unicodeObject.asciiData : unicodeObject.compactData) as number) : elsewhere;
  for (const [index, point] of points.entries()) {
    for (let byte = 0; byte < kind; byte++) memory.set(data + index * kind + byte, (point >>> (byte * 8)) & 255, 1);
  }
}

function stateOf({ traits }: Layout, kind: number, compact: boolean, ascii: boolean): number {
  const bits = traits.unicodeState as NonNullable<typeof traits.unicodeState>;
  return kind * 2 ** bits.kind + Number(compact) * 2 ** bits.compact + Number(ascii) * 2 ** bits.ascii;
}

function writeInt(memory: ChangedMemory, layout: Layout, object: number, value: bigint): void {
  const digits: number[] = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 30n) digits.push(Number(rest & 0x3fffffffn));
  const sign = value < 0n ? 2 : value === 0n ? 1 : 0;
  const size = layout.traits.longSize === "tag" ? digits.length * 8 + sign : value < 0n ? -digits.length : digits.length;
  memory.set(object + layout.longObject.size, size);
  for (const [index, digit] of digits.entries()) memory.set(object + layout.longObject.digits + index * 4, digit, 4);
}
