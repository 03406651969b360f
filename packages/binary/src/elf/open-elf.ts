import type { AddressRange, Binary, Section, Segment } from "../binary.ts";
import type { ByteReader } from "../byte-reader.ts";
import type { ByteSource } from "../byte-source.ts";
import { readDebugLink } from "../debug-link.ts";
import { readImage, readSection } from "../image.ts";
import { loadBias } from "../load-bias.ts";
import { once } from "../once.ts";
import { allSymbols } from "./all-symbols.ts";
import { gnuBuildId } from "./build-id.ts";
import { decompressSection } from "./decompress-section.ts";
import { elfReader } from "./elf-header.ts";
import { readElfHeaders, type ElfHeaders, type ElfProgram, type ElfSection } from "./elf-headers.ts";
import { findSymbols } from "./find-symbols.ts";
import { symbolTables } from "./symbol-table.ts";

/** `loadedAt`: see `OpenOptions`. */
export function openElf(source: ByteSource, loadedAt?: number): Binary {
  const reader = elfReader(source);
  const headers = readElfHeaders(reader, loadedAt !== undefined);
  const elfSections = new Map(headers.sections.filter(({ type }) => type !== "null").map((one) => [sectionOf(one), one]));
  const sections = [...elfSections.keys()];
  const segments = headers.programs.filter(({ type }) => type === "load").map(segmentOf);
  const section = (name: string): Section | undefined => sections.find((one) => one.name === name);
  const relocated = once(() => (loadedAt === undefined ? 0 : loadBias(reader, segments, loadedAt, 0, 4096)));
  const tables = once(() => symbolTables(reader, headers, relocated()));
  const buildId = once(() => gnuBuildId(reader, headers));
  const debugLink = once(() => readDebugLink(reader, section(".gnu_debuglink")));
  return {
    format: "elf",
    architecture: headers.architecture,
    pointerSize: reader.wide ? 8 : 4,
    endianness: reader.littleEndian ? "little" : "big",
    positionIndependent: headers.type === "dyn" || headers.type === "rel",
    sections,
    segments,
    get buildId() {
      return buildId();
    },
    get debugLink() {
      return debugLink();
    },
    section,
    sectionBytes: (one) => bytesOfSection(reader, one, elfSections.get(one)),
    pythonRuntimeSection: () => section(".PyRuntime"),
    dataRanges: () => dataRanges(headers),
    symbols: (names) => findSymbols(reader, tables(), names),
    allSymbols: () => allSymbols(reader, tables()),
    read: (address, length) => readImage(reader, segments, address, length),
    loadBias: (mapped, offset, pageSize = 4096) => loadBias(reader, segments, mapped, offset, pageSize),
  };
}

function sectionOf({ name, type, addr, off, size }: ElfSection): Section {
  return { name, segment: "", address: addr, size, offset: off, fileSize: type === "nobits" ? 0 : size };
}

function segmentOf({ vaddr, memsz, offset, filesz, readable, writable, executable }: ElfProgram): Segment {
  return { address: vaddr, size: memsz, offset, fileSize: filesz, readable, writable, executable };
}

function bytesOfSection(reader: ByteReader, section: Section, elfSection: ElfSection | undefined): Uint8Array {
  return elfSection?.compressed === true ? decompressSection(reader, elfSection) : readSection(reader, section);
}

/** Writable sections that stay writable once the program is relocated; without sections, writable segments. */
function dataRanges({ type, sections, programs }: ElfHeaders): AddressRange[] {
  if (type === "rel") return []; // has no addresses yet
  const relro = programs.filter((program) => program.type === "gnu_relro");
  const ranges = sections
    .filter((one) => one.writable && one.alloc && !one.tls && (one.type === "progbits" || one.type === "nobits"))
    .map(({ addr, size }) => ({ start: addr, end: addr + size }))
    .filter(({ start, end }) => !relro.some(({ vaddr, memsz }) => start >= vaddr && end <= vaddr + memsz));
  const fallback = programs.filter((program) => program.type === "load" && program.writable);
  return (sections.length > 0 ? ranges : fallback.map(({ vaddr, memsz }) => ({ start: vaddr, end: vaddr + memsz })))
    .filter(({ start, end }) => start < end)
    .sort((one, other) => one.start - other.start);
}
