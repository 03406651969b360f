import type { AddressRange, Architecture, Binary, Section, Segment } from "../binary.ts";
import { ByteReader } from "../byte-reader.ts";
import type { ByteSource } from "../byte-source.ts";
import { readImage, readSection } from "../image.ts";
import { loadBias } from "../load-bias.ts";
import { machArchitecture, readSlices, sliceSource, type Slice } from "./fat.ts";
import { readLoadCommands, type LoadCommands, type MachSection, type MachSegment } from "./load-commands.ts";
import { allSymbols, findSymbols } from "./nlist.ts";

const MH_MAGIC = 0xfeedface;
const MH_MAGIC_64 = 0xfeedfacf;
const MH_EXECUTE = 2;
const MH_PIE = 0x20_0000;

/** `undefined` when the magic is not a Mach-O's. `wanted` chooses in a universal file; without it, the host's or the first. */
export function openMachO(source: ByteSource, wanted: Architecture | undefined): Binary | undefined {
  const slices = readSlices(source);
  if (slices === undefined) return openThin(source, source, 0);
  const slice = chooseSlice(source, slices, wanted);
  const binary = openThin(source, sliceSource(source, slice), slice.offset);
  if (binary !== undefined) return binary;
  throw new ByteReader(source, false, true).error("malformed", "slice is not a Mach-O", slice.offset);
}

function chooseSlice(source: ByteSource, slices: readonly Slice[], wanted: Architecture | undefined): Slice {
  const of = (architecture: string): Slice | undefined => slices.find((one) => one.architecture === architecture);
  const slice = wanted === undefined ? (of(process.arch) ?? slices[0]) : of(wanted);
  if (slice !== undefined) return slice;
  const held = slices.map(({ architecture }) => architecture).join(", ");
  throw new ByteReader(source, false, true).error("unsupported", `holds ${held || "nothing"}, not ${wanted ?? "any"}`);
}

/** Reads headers of `slice`, which begins at `base` of `source`; sections and segments name offsets in `source`. */
function openThin(source: ByteSource, slice: ByteSource, base: number): Binary | undefined {
  const reader = machReader(slice);
  if (reader === undefined) return undefined;
  const commands = readLoadCommands(reader, reader.u32(16), reader.u32(20));
  const { symtab, uuid } = commands;
  const flags = reader.u32(24);
  const whole = new ByteReader(source, reader.littleEndian, reader.wide);
  const sections = commands.sections.map((one) => sectionOf(one, base));
  const segments = commands.segments.filter(isMapped).map((one) => segmentOf(one, base));
  const section = (name: string): Section | undefined => findSection(sections, name);
  return {
    format: "mach-o",
    architecture: machArchitecture(reader.u32(4)),
    pointerSize: reader.wide ? 8 : 4,
    endianness: reader.littleEndian ? "little" : "big",
    positionIndependent: reader.u32(12) !== MH_EXECUTE || (flags & MH_PIE) !== 0,
    sections,
    segments,
    buildId: uuid,
    debugLink: undefined,
    section,
    sectionBytes: (one) => readSection(whole, one),
    pythonRuntimeSection: () => section("__DATA,PyRuntime"),
    dataRanges: () => dataRanges(commands),
    symbols: (names) => (symtab === undefined ? new Map() : findSymbols(reader, symtab, commands.sections, names)),
    allSymbols: () => (symtab === undefined ? [] : allSymbols(reader, symtab, commands.sections)),
    read: (address, length) => readImage(whole, segments, address, length),
    loadBias: (mapped, offset, pageSize = 4096) => loadBias(whole, segments, mapped, offset, pageSize),
  };
}

/** A reader in the byte order and width that the magic names; `undefined` with another magic. */
function machReader(source: ByteSource): ByteReader | undefined {
  for (const littleEndian of [true, false]) {
    const magic = new ByteReader(source, littleEndian, true).u32(0);
    if (magic === MH_MAGIC_64) return new ByteReader(source, littleEndian, true);
    if (magic === MH_MAGIC) return new ByteReader(source, littleEndian, false);
  }
  return undefined;
}

const nameLength = 16;

/** `segment,section` or the section's name alone, each cut to 16 characters. */
function findSection(sections: readonly Section[], name: string): Section | undefined {
  const [last = "", segment] = name.split(",").reverse();
  return sections.find((one) => {
    const inSegment = segment === undefined || one.segment === segment.slice(0, nameLength);
    return inSegment && one.name === last.slice(0, nameLength);
  });
}

const sectionType = { regular: 0, zerofill: 1, coalesced: 0xb, gbZerofill: 0xc, threadLocalZerofill: 0x12 } as const;

function sectionOf({ sectname, segname, addr, size, offset, flags }: MachSection, base: number): Section {
  const type = flags & 0xff;
  const inFile = type !== sectionType.zerofill && type !== sectionType.gbZerofill && type !== sectionType.threadLocalZerofill;
  return { name: sectname, segment: segname, address: addr, size, offset: base + offset, fileSize: inFile ? size : 0 };
}

const VM_PROT = { read: 1, write: 2, execute: 4 } as const;

/** `__PAGEZERO` only keeps addresses from being used. */
function isMapped({ initprot, filesize }: MachSegment): boolean {
  return initprot !== 0 || filesize > 0;
}

function segmentOf({ vmaddr, vmsize, fileoff, filesize, initprot }: MachSegment, base: number): Segment {
  return {
    address: vmaddr,
    size: vmsize,
    offset: base + fileoff,
    fileSize: filesize,
    readable: (initprot & VM_PROT.read) !== 0,
    writable: (initprot & VM_PROT.write) !== 0,
    executable: (initprot & VM_PROT.execute) !== 0,
  };
}

/** `__DATA_CONST` and its like: read-only once the program is relocated. */
const SG_READ_ONLY = 0x10;

const dataTypes: ReadonlySet<number> = new Set([
  sectionType.regular,
  sectionType.zerofill,
  sectionType.coalesced,
  sectionType.gbZerofill,
]);

/** Plain and zero-filled sections of segments that stay writable. */
function dataRanges({ segments, sections }: LoadCommands): AddressRange[] {
  const writable = segments.filter(({ initprot, flags }) => (initprot & VM_PROT.write) !== 0 && (flags & SG_READ_ONLY) === 0);
  return sections
    .filter(({ flags, size }) => dataTypes.has(flags & 0xff) && size > 0)
    .filter(({ addr }) => writable.some(({ vmaddr, vmsize }) => addr >= vmaddr && addr < vmaddr + vmsize))
    .map(({ addr, size }) => ({ start: addr, end: addr + size }))
    .sort((one, other) => one.start - other.start);
}
