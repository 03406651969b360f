import { layoutFor } from "@pyspy/layouts";
import { attach, readStacks } from "@pyspy/sampler";
import { beforeEach, describe, expect, it } from "vitest";
import { Python } from "../src/python.ts";
import { changeable, type ChangedMemory } from "./changed-process.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { recordingNamed } from "./recordings.ts";

/** Members that are not read otherwise (`frame_obj`, `co_extra`), where default builds have no `tlbc_index` and `co_tlbc`. */
const TLBC_INDEX = 48;
const TLBC = 200;
/** Where the arrays of copies are: what has been recorded there is only read to attach. */
const ARRAYS = 1024;
const COPY = 3;
const ARRAY_SIZE = 8 * (1 + COPY + 2);
/** Where the copies are; what they hold is not read. */
const COPIES = 0x7000_0000_0000;
const SPACING = 0x10_0000;

/** As far as it is changed: a frame, and where in its code it is. */
interface Frame {
  readonly address: number;
  readonly code: number;
  readonly instruction: number;
}

/**
 * Free-threaded builds from 3.14 on give each thread a copy of the bytecode to specialise. The recordings are of builds
 * with a GIL: their frames and code objects get what such builds have.
 */
describe.each(["3.14", "3.15"])("frames of %s that run a copy of their bytecode", (name) => {
  const recording = recordingNamed(name);
  const said = saidBy(recording.ready);
  let python: Python;
  let memory: ChangedMemory;
  let frames: Frame[];

  beforeEach(() => {
    const changed = changeable(recording.open());
    memory = changed.memory;
    python = withCopies(attach(changed.process));
    frames = python.sample("never").flatMap(({ stack }) => Array.from({ length: stack.depth }, (_, index) => ({
      address: stack.addresses[index] as number,
      code: python.codes.byId(stack.codes[index] as number).address,
      instruction: stack.instructions[index] as number,
    })));
    expect(frames.length).toBeGreaterThan(10);
    useCopies(COPY, COPIES);
  });

  it("are on the lines that they are on", () => {
    for (let repeat = 0; repeat < 3; repeat++) expect(read(readStacks(python))).toEqual(said);
  });

  it("are found in copies that were made since", () => {
    readStacks(python);
    useCopies(COPY + 1, COPIES + SPACING * 100);
    expect(read(readStacks(python))).toEqual(said);
  });

  it("are found in those of a thread that has the index of one that ended", () => {
    readStacks(python);
    useCopies(COPY, COPIES + SPACING * 100);
    expect(read(readStacks(python))).toEqual(said);
  });

  it.each([
    ["the array is too short", 0, COPY],
    ["there is no such copy", 8 * (1 + COPY), 0],
    ["the copy is elsewhere", 8 * (1 + COPY), COPIES / 2],
    ["the copy starts later", 8 * (1 + COPY), COPIES + SPACING],
  ])("are torn when %s", (_, offset, value) => {
    for (let index = 0; index < codes().length; index++) memory.set(arrayOf(index) + offset, value);
    expectTorn();
  });

  it.each([0, 1, 4096, 2 ** 46, 2n ** 64n - 1n])("are torn when the array is at %s", (address) => {
    for (const code of codes()) memory.set(code + TLBC, address);
    expectTorn();
  });

  it.each([0, -1, 2 ** 31 - 1])("are torn when their index is %i", (index) => {
    for (const { address } of frames) memory.set(address + TLBC_INDEX, index, 4);
    expectTorn();
  });

  function codes(): readonly number[] {
    return [...new Set(frames.map(({ code }) => code))];
  }

  function arrayOf(index: number): number {
    return python.runtime + ARRAYS + index * ARRAY_SIZE;
  }

  /** Makes every frame run the copy of that index. */
  function useCopies(copy: number, start: number): void {
    const all = codes();
    for (const [index, code] of all.entries()) {
      memory.set(code + TLBC, arrayOf(index));
      memory.set(arrayOf(index), copy + 1);
      memory.set(arrayOf(index) + 8 * (1 + copy), start + index * SPACING);
    }
    for (const { address, code, instruction } of frames) {
      memory.set(address + TLBC_INDEX, copy, 4);
      memory.set(address + python.layout.interpreterFrame.instrPtr, start + all.indexOf(code) * SPACING + instruction);
    }
  }

  function expectTorn(): void {
    const slots = python.sample("never");
    expect(slots.map(({ outcome }) => outcome)).toEqual(slots.map(() => "torn"));
  }
});

function withCopies({ process, version, layout, runtime, image, strategy }: Python): Python {
  const { interpreterFrame, codeObject } = layout;
  const withMembers = { ...layout, interpreterFrame: { ...interpreterFrame, tlbcIndex: TLBC_INDEX }, codeObject: { ...codeObject, tlbc: TLBC } };
  return new Python({ process, version, layout: withMembers, runtime, image, strategy });
}

it("are in the layouts of free-threaded builds from 3.14 on, and of no others", () => {
  for (const minor of [13, 14, 15]) {
    const [withGil, without] = [false, true].map((freeThreaded) => layoutFor({ major: 3, minor }, { freeThreaded }));
    const members = ({ interpreterFrame, codeObject }: NonNullable<typeof withGil>): unknown[] => [interpreterFrame.tlbcIndex, codeObject.tlbc];
    expect(withGil && members(withGil)).toEqual([undefined, undefined]);
    expect(without && members(without)).toEqual(minor === 13 ? [undefined, undefined] : [72, 224]);
  }
});
