import { type Layout, layoutFor, supportedVersions, type Target } from "@pyspy/layouts";
import { MemoryError, type ProcessMemory, type ReadBatch } from "@pyspy/process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLocalSlots } from "../src/values/local-slots.ts";
import { LocalsReader } from "../src/values/locals-reader.ts";
import { ValueText } from "../src/values/value-text.ts";
import { TargetError } from "../src/errors.ts";
import { MemoryReader } from "../src/memory-reader.ts";
import type { CodeObject } from "../src/code-object.ts";

const START = 0x10000;
const WORDS = 4096;
const LIMIT = 128;

/** Of one build of every kind that has tables. */
const layouts = supportedVersions().map(({ major, minor, freeThreaded, traceRefs, since, targets }): [string, Layout] => {
  const name = `${major}.${minor}.${since}${freeThreaded ? "t" : ""}${traceRefs ? "d" : ""} ${targets[0]}`;
  const layout = layoutFor({ major, minor, micro: since }, { freeThreaded, traceRefs, target: targets[0] as Target });
  if (!layout) throw new Error(`no layout of ${name}`);
  return [name, layout];
});

describe.each(layouts)("values in garbage, by the layout of %s", (_, layout) => {
  it("are bounded texts", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, pointers) => {
        const memory = new Garbage(seed, pointers);
        const values = new ValueText(memory, layout);
        for (let index = 0; index < 64; index++) {
          expect(values.of(START + index * 16, LIMIT).length).toBeLessThan(LIMIT * 10 + 2048);
        }
        expect(memory.bytesRead).toBeLessThanOrEqual(WORDS * 8 + 64 * 1024 * 1024);
      }),
      { numRuns: 30 },
    );
  });

  it("of frames are variables, or none", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, pointers) => {
        const memory = new Garbage(seed, pointers);
        const reader = new LocalsReader(memory, layout, { limit: LIMIT });
        for (let index = 0; index < 16; index++) {
          const code = { id: index, address: START + index * 64 } as CodeObject;
          const locals = reader.read(START + index * 128, code);
          for (const { address, repr } of locals ?? []) expect(typeof repr === "string" && address >= 0).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are no names of variables", () => {
    const reader = new MemoryReader(new Garbage(1, 0), layout.pointerSize);
    expect(() => readLocalSlots(reader, layout, START)).toThrow(TargetError);
    expect(() => readLocalSlots(reader, layout, START + WORDS * 16)).toThrow(MemoryError);
  });
});

/** 32 KiB of words: addresses in it, small numbers and any bytes; nothing else can be read. */
class Garbage implements ProcessMemory {
  readonly method = "garbage";
  calls = 0;
  bytesRead = 0;
  readonly #bytes: Buffer;

  constructor(seed: number, pointers: number) {
    this.#bytes = Buffer.alloc(WORDS * 8);
    let state = seed >>> 0;
    const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), state / 2 ** 32);
    for (let word = 0; word < WORDS; word++) {
      const at = word * 8;
      if (random() < pointers) this.#bytes.writeUInt32LE(START + Math.floor(random() * WORDS) * 8, at);
      else if (random() < 0.5) this.#bytes.writeUInt32LE(Math.floor(random() * 256), at);
      else this.#bytes.writeDoubleLE((random() - 0.5) * 2 ** (random() * 2000 - 1000), at);
      // Types of every kind: bits 24 to 31 of the flags.
      if (random() < 0.2) this.#bytes.writeUInt8(2 ** Math.floor(random() * 8), at + 3);
    }
  }

  batch(bytes: number): ReadBatch {
    return new OneSpan(bytes);
  }

  readBatch(batch: ReadBatch): number {
    return (batch as OneSpan).fill((address, length) => this.#at(address, length));
  }

  read(address: number, length: number): Uint8Array {
    const bytes = this.#at(address, length);
    if (bytes.length < length) throw new MemoryError(address, length, bytes.length);
    return Uint8Array.from(bytes);
  }

  #at(address: number, length: number): Uint8Array {
    this.calls++;
    const start = address - START;
    const bytes = start < 0 ? new Uint8Array(0) : this.#bytes.subarray(start, start + length);
    this.bytesRead += bytes.length;
    return bytes;
  }
}

class OneSpan implements ReadBatch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  count = 0;
  readonly #span = { address: 0, length: 0, read: 0 };

  constructor(bytes: number) {
    this.bytes = new Uint8Array(bytes);
    this.view = new DataView(this.bytes.buffer);
  }

  fill(at: (address: number, length: number) => Uint8Array): number {
    const bytes = at(this.#span.address, this.#span.length);
    this.bytes.set(bytes);
    this.#span.read = bytes.length;
    return bytes.length === this.#span.length ? 1 : 0;
  }

  add(address: number, length: number): number {
    Object.assign(this.#span, { address, length, read: 0 });
    return this.count++;
  }

  clear(): void {
    this.count = 0;
  }

  fits(length: number): boolean {
    return this.count === 0 && length <= this.bytes.length;
  }

  address(): number {
    return this.#span.address;
  }

  offset(): number {
    return 0;
  }

  length(): number {
    return this.#span.length;
  }

  lengthRead(): number {
    return this.#span.read;
  }
}
