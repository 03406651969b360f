import { existsSync } from "node:fs";
import { type Binary, BinaryError, type BinaryErrorCode, bytesSource, type ByteSource, fileSource, openBinary } from "@pyspy/binary";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { peImage } from "./pe-image.ts";
import { koffi, libpythons, mappedLibc } from "./real-files.ts";
import { counting, type CountingSource, patched, type Patch } from "./sources.ts";

const codes: readonly BinaryErrorCode[] = [
  "unreadable", "unknown-format", "truncated", "malformed", "unsupported", "too-large", "unmapped",
];
/** Set to more for a long search. */
const thorough = Number(process.env["PYSPY_FUZZ"] ?? 1);
const names = ["_PyRuntime", "napi_register_module_v1", "FelixVersion", "read", "interp_head"];

/** Everything that a user can ask of a file. */
function askAll(source: ByteSource): void {
  const loaded = attempt(() => openBinary(source, { loadedAt: 0x7f00_0000_0000 }));
  if (loaded !== undefined) attempt(() => [...loaded.symbols(names)]);
  const binary = attempt(() => openBinary(source));
  if (binary === undefined) return;
  attempt(() => binary.buildId);
  attempt(() => binary.debugLink);
  attempt(() => binary.pythonRuntimeSection());
  attempt(() => binary.dataRanges());
  attempt(() => [...binary.symbols(names)]);
  attempt(() => take(binary.allSymbols(), 300));
  for (const { address, size, offset } of binary.segments.slice(0, 8)) {
    attempt(() => binary.read(address, Math.min(64, size)));
    attempt(() => binary.read(address + size - 32, 64));
    attempt(() => binary.loadBias(0x7f00_0000_0000, offset));
  }
  askSections(binary);
}

function askSections(binary: Binary): void {
  for (const section of binary.sections.slice(0, 60)) {
    if (section.size <= 4096 || section.fileSize > section.size) attempt(() => binary.sectionBytes(section));
  }
}

function attempt<Result>(ask: () => Result): Result | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof BinaryError)) throw error;
    expect(codes).toContain(error.code);
    return undefined;
  }
}

function take<Item>(items: Iterable<Item>, count: number): Item[] {
  const taken: Item[] = [];
  for (const item of items) if (taken.push(item) === count) break;
  return taken;
}

/** Each of two symbol tables and its strings can claim the whole file, twice; sections asked for are small. */
function expectBounded({ bytesRead, size }: CountingSource): void {
  expect(bytesRead).toBeLessThan(8 * size + 4_000_000);
}

const small = libpythons[0];
const elf = small !== undefined && existsSync(small) ? small : (mappedLibc() ?? undefined);
const image = peImage([{ name: "read", target: 0x1000 }, { name: "_PyRuntime", target: 0x2000 }], Buffer.from("RSDS".padEnd(30, "x")));

interface Subject {
  readonly title: string;
  readonly open: (() => ByteSource) | undefined;
  readonly runs: number;
}

const subjects: readonly Subject[] = [
  { title: "ELF [needs a libpython or libc]", open: elf === undefined ? undefined : () => wholeFile(elf), runs: 400 * thorough },
  { title: "Mach-O", open: () => wholeFile(koffi("darwin-arm64")), runs: 300 * thorough },
  { title: "PE", open: () => wholeFile(koffi("win32-x64")), runs: 300 * thorough },
  { title: "PE with small sections", open: () => bytesSource("image", image), runs: 300 * thorough },
];

function wholeFile(path: string): ByteSource {
  using file = fileSource(path);
  return bytesSource(path, file.read(0, file.size));
}

describe.each(subjects)("$title: a result or a BinaryError in bounded reads", ({ open, runs }) => {
  const whole = open?.() ?? bytesSource("none", new Uint8Array());
  const headers = headerRegions(whole);
  const value = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom([255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 128], [1, 0, 0, 0]),
  );
  const place = fc.oneof(...headers.map(({ start, end }) => fc.integer({ min: start, max: Math.max(start, end - 1) })));
  const patch: fc.Arbitrary<Patch> = fc.record({ offset: place, bytes: value });

  it.skipIf(open === undefined)("headers changed", () => {
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 6 }), (patches) => {
        const source = counting(patched(whole, patches));
        askAll(source);
        expectBounded(source);
      }),
      { numRuns: runs },
    );
  });

  it.skipIf(open === undefined)("cut short", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat({ max: 4096 }), fc.nat({ max: whole.size })), (size) => {
        const source = counting(patched(whole, [], size));
        askAll(source);
        expectBounded(source);
      }),
      { numRuns: 100 * thorough },
    );
  });
});

/** The first pages, and where an ELF file has its section headers, dynamic section, hash table and notes. */
function headerRegions(source: ByteSource): { start: number; end: number }[] {
  const regions = [{ start: 0, end: Math.min(256, source.size) }, { start: 0, end: Math.min(4096, source.size) }];
  const binary = source.size > 0 ? openBinary(source) : undefined;
  if (binary?.format !== "elf") return regions;
  const sectionsAt = Number(Buffer.from(source.read(40, 8)).readBigUInt64LE());
  regions.push({ start: sectionsAt, end: source.size });
  for (const name of [".dynamic", ".gnu.hash", ".hash", ".note.gnu.build-id", ".dynsym"]) {
    const section = binary.section(name);
    if (section !== undefined) regions.push({ start: section.offset, end: section.offset + Math.min(256, section.size) });
  }
  return regions;
}

describe("random bytes", () => {
  const magics = [
    [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], [0x7f, 0x45, 0x4c, 0x46, 1, 2, 1], [0xcf, 0xfa, 0xed, 0xfe], [0xfe, 0xed, 0xfa, 0xce],
    [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], [0xca, 0xfe, 0xba, 0xbf, 0, 0, 0, 1], [0x4d, 0x5a], [],
  ];

  it.each(magics.map((magic) => [magic]))("after %j", (magic) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const source = counting(bytesSource("random", Uint8Array.from([...magic, ...bytes])));
        askAll(source);
        expectBounded(source);
      }),
      { numRuns: 150 * thorough },
    );
  });
});

describe("hostile ELF files", () => {
  it("overlapping section names are refused before anything walks them", () => {
    const count = 0xfe00;
    const file = Buffer.alloc(64 + count * 64 + 0x4000, 0x61);
    file.fill(0, 0, 64 + count * 64);
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(file);
    file.writeUInt16LE(3, 16);
    file.writeUInt32LE(64, 40);
    file.writeUInt16LE(64, 58);
    file.writeUInt16LE(count, 60);
    file.writeUInt16LE(1, 62);
    const nameHeader = 64 + 64;
    file.writeUInt32LE(3, nameHeader + 4);
    file.writeUInt32LE(64 + count * 64, nameHeader + 24);
    file.writeUInt32LE(0x4000, nameHeader + 32);
    const source = counting(bytesSource("names", file));
    expect(() => openBinary(source)).toThrow(expect.objectContaining({ code: "malformed" }));
    file[file.length - 1] = 0;
    expect(() => openBinary(source)).toThrow(expect.objectContaining({ code: "too-large" }));
    file.writeUInt32LE(0xffff_ffff, nameHeader + 32);
    expect(() => openBinary(source)).toThrow(expect.objectContaining({ code: "too-large" }));
  });

  it("a section of a terabyte of zeros is refused, not made", () => {
    const file = Buffer.alloc(64 + 3 * 64 + 16);
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(file);
    file.writeUInt32LE(64, 40);
    file.writeUInt16LE(64, 58);
    file.writeUInt16LE(3, 60);
    file.writeUInt16LE(2, 62);
    file.writeUInt32LE(8, 64 + 64 + 4); // nobits
    file.writeUInt32LE(256, 64 + 64 + 36); // the upper half of sh_size
    file.writeUInt32LE(3, 64 + 128 + 4);
    file.writeUInt32LE(64 + 3 * 64, 64 + 128 + 24);
    file.writeUInt32LE(16, 64 + 128 + 32);
    const binary = openBinary(bytesSource("huge", file));
    const [section] = binary.sections;
    if (section === undefined) throw new Error("no section");
    expect(section).toMatchObject({ size: 0x100_0000_0000, fileSize: 0 });
    expect(() => binary.sectionBytes(section)).toThrow(expect.objectContaining({ code: "too-large", source: "huge" }));
    file.writeUInt32LE(0xffff_ffff, 64 + 64 + 36);
    expect(() => openBinary(bytesSource("huge", file))).toThrow(expect.objectContaining({ code: "unsupported" }));
  });
});
