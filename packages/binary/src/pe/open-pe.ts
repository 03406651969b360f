import type { AddressRange, Binary, Section, Segment } from "../binary.ts";
import type { ByteSource } from "../byte-source.ts";
import { readDebugLink } from "../debug-link.ts";
import { readImage, readSection } from "../image.ts";
import { loadBias } from "../load-bias.ts";
import { once } from "../once.ts";
import { codeViewId } from "./code-view.ts";
import { allExports, findExports } from "./exports.ts";
import { readPeHeaders, type PeHeaders, type PeSection } from "./pe-headers.ts";

const IMAGE_SCN_CNT_DATA = 0x0000_00c0; // initialized or not
const IMAGE_SCN_MEM_EXECUTE = 0x2000_0000;
const IMAGE_SCN_MEM_READ = 0x4000_0000;
const IMAGE_SCN_MEM_WRITE = 0x8000_0000;

/** `undefined` when it is none. Addresses include the preferred image base. */
export function openPe(source: ByteSource): Binary | undefined {
  const headers = readPeHeaders(source);
  if (headers === undefined) return undefined;
  const { reader, architecture, imageBase, relocsStripped } = headers;
  const sections = headers.sections.map((one) => sectionOf(one, imageBase));
  const segments = [headerSegment(headers), ...headers.sections.map((one) => segmentOf(one, imageBase))];
  const section = (name: string): Section | undefined => findSection(sections, name);
  const buildId = once(() => codeViewId(headers));
  const debugLink = once(() => readDebugLink(reader, section(".gnu_debuglink")));
  return {
    format: "pe",
    architecture,
    pointerSize: reader.wide ? 8 : 4,
    endianness: "little",
    positionIndependent: !relocsStripped,
    sections,
    segments,
    get buildId() {
      return buildId();
    },
    get debugLink() {
      return debugLink();
    },
    section,
    sectionBytes: (one) => readSection(reader, one),
    pythonRuntimeSection: () => section("PyRuntime"),
    dataRanges: () => dataRanges(headers),
    symbols: (names) => findExports(headers, names),
    allSymbols: () => allExports(headers),
    read: (address, length) => readImage(reader, segments, address, length),
    loadBias: (mapped, offset, pageSize = 4096) => loadBias(reader, segments, mapped, offset, pageSize),
  };
}

/** By its whole name, else by the 8 characters that linkers leave of it. */
function findSection(sections: readonly Section[], name: string): Section | undefined {
  return sections.find((one) => one.name === name) ?? sections.find((one) => one.name === name.slice(0, 8));
}

function sectionOf({ name, rva, virtualSize, offset, fileSize }: PeSection, imageBase: number): Section {
  return { name, segment: "", address: imageBase + rva, size: virtualSize, offset, fileSize };
}

/** The headers are mapped too, at the image base: `loadBias(base, 0)` is how far a module was moved. */
function headerSegment({ imageBase, sizeOfHeaders }: PeHeaders): Segment {
  const size = sizeOfHeaders;
  return { address: imageBase, size, offset: 0, fileSize: size, readable: true, writable: false, executable: false };
}

function segmentOf({ rva, virtualSize, offset, fileSize, characteristics }: PeSection, imageBase: number): Segment {
  return {
    address: imageBase + rva,
    size: virtualSize,
    offset,
    fileSize,
    readable: (characteristics & IMAGE_SCN_MEM_READ) !== 0,
    writable: (characteristics & IMAGE_SCN_MEM_WRITE) !== 0,
    executable: (characteristics & IMAGE_SCN_MEM_EXECUTE) !== 0,
  };
}

function dataRanges({ sections, imageBase }: PeHeaders): AddressRange[] {
  return sections
    .filter(({ characteristics }) => (characteristics & IMAGE_SCN_MEM_WRITE) !== 0)
    .filter(({ characteristics }) => (characteristics & IMAGE_SCN_MEM_EXECUTE) === 0)
    .filter(({ characteristics, virtualSize }) => (characteristics & IMAGE_SCN_CNT_DATA) !== 0 && virtualSize > 0)
    .map(({ rva, virtualSize }) => ({ start: imageBase + rva, end: imageBase + rva + virtualSize }))
    .sort((one, other) => one.start - other.start);
}
