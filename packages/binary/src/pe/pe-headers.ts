import type { Architecture } from "../binary.ts";
import { bufferOf, ByteReader, bytesOf } from "../byte-reader.ts";
import type { ByteSource } from "../byte-source.ts";

/** By the names of Microsoft's PE format specification. */
export interface PeHeaders {
  readonly reader: ByteReader;
  readonly architecture: Architecture;
  /** `IMAGE_FILE_RELOCS_STRIPPED`: loads only at `imageBase`. */
  readonly relocsStripped: boolean;
  readonly imageBase: number;
  readonly sizeOfHeaders: number;
  readonly directories: readonly DataDirectory[];
  readonly sections: readonly PeSection[];
}

export interface DataDirectory {
  /** Address relative to the image base. */
  readonly rva: number;
  readonly size: number;
}

export interface PeSection {
  readonly name: string;
  readonly rva: number;
  readonly virtualSize: number;
  readonly offset: number;
  /** Of the virtual size, what is in the file. */
  readonly fileSize: number;
  readonly characteristics: number;
}

const DOS_MAGIC = 0x5a4d;
const PE_SIGNATURE = 0x4550;
const PE32 = 0x10b;
const PE32_PLUS = 0x20b;
const IMAGE_FILE_RELOCS_STRIPPED = 1;
const mostDirectories = 16;

const machines: Readonly<Record<number, Architecture>> = {
  0x8664: "x64",
  0xaa64: "arm64",
  0x14c: "ia32",
  0x1c0: "arm",
  0x1c4: "arm",
};

/** `undefined` when there is no PE signature: a DOS program, or something else that starts with MZ. */
export function readPeHeaders(source: ByteSource): PeHeaders | undefined {
  const plain = new ByteReader(source, true, false);
  if (source.size < 0x40 || plain.u16(0) !== DOS_MAGIC) return undefined;
  const signature = plain.u32(0x3c);
  if (signature + 4 > source.size || plain.u32(signature) !== PE_SIGNATURE) return undefined;
  const file = signature + 4;
  const optional = file + 20;
  const magic = plain.u16(optional);
  if (magic !== PE32 && magic !== PE32_PLUS) throw plain.error("unsupported", `PE magic 0x${magic.toString(16)}`, optional);
  const reader = new ByteReader(source, true, magic === PE32_PLUS);
  const optionalSize = reader.u16(file + 16);
  return {
    reader,
    architecture: machines[reader.u16(file)] ?? "other",
    relocsStripped: (reader.u16(file + 18) & IMAGE_FILE_RELOCS_STRIPPED) !== 0,
    imageBase: readImageBase(reader, optional),
    sizeOfHeaders: reader.u32(optional + 60),
    directories: readDirectories(reader, optional, optionalSize),
    sections: readSections(reader, file, optional + optionalSize),
  };
}

function readImageBase(reader: ByteReader, optional: number): number {
  const imageBase = reader.word(optional + (reader.wide ? 24 : 28));
  if (Number.isSafeInteger(imageBase + 0x1_0000_0000)) return imageBase;
  throw reader.error("unsupported", `image base 0x${imageBase.toString(16)} is over 2^53`, optional + 24);
}

function readDirectories(reader: ByteReader, optional: number, optionalSize: number): DataDirectory[] {
  const start = reader.wide ? 112 : 96;
  const fitting = Math.max(0, Math.floor((optionalSize - start) / 8));
  const count = Math.min(reader.u32(optional + start - 4), fitting, mostDirectories);
  return Array.from({ length: count }, (_, index) => {
    const at = optional + start + index * 8;
    return { rva: reader.u32(at), size: reader.u32(at + 4) };
  });
}

const sectionHeaderSize = 40;

function readSections(reader: ByteReader, file: number, start: number): PeSection[] {
  const strings = coffStrings(reader, file);
  return Array.from({ length: reader.u16(file + 2) }, (_, index) => {
    const at = start + index * sectionHeaderSize;
    const sizeOfRawData = reader.u32(at + 16);
    const offset = reader.u32(at + 20);
    const virtualSize = reader.u32(at + 8) || sizeOfRawData;
    return {
      name: sectionName(reader, at, strings),
      rva: reader.u32(at + 12),
      virtualSize,
      offset,
      fileSize: offset === 0 ? 0 : Math.min(sizeOfRawData, virtualSize),
      characteristics: reader.u32(at + 36),
    };
  });
}

interface CoffStrings {
  readonly offset: number;
  readonly end: number;
}

/** The string table after the COFF symbols, which only MinGW's linker writes into images. */
function coffStrings(reader: ByteReader, file: number): CoffStrings | undefined {
  const symbols = reader.u32(file + 8);
  const offset = symbols + reader.u32(file + 12) * 18;
  if (symbols === 0 || offset + 4 > reader.source.size) return undefined;
  return { offset, end: Math.min(offset + reader.u32(offset), reader.source.size) };
}

/** 8 bytes, or `/` and the decimal offset of a longer name in the string table. */
function sectionName(reader: ByteReader, at: number, strings: CoffStrings | undefined): string {
  const bytes = bufferOf(bytesOf(reader.peek(at, 8)));
  const length = bytes.indexOf(0);
  const name = bytes.toString("utf8", 0, length < 0 ? 8 : length);
  if (strings === undefined || !/^\/\d+$/.test(name)) return name;
  const offset = strings.offset + Number(name.slice(1));
  return offset < strings.end ? reader.name(offset, strings.end) : name;
}

/** File offset of an RVA; `end` is the file offset where the section's bytes end. */
export function locateRva(
  { reader, sections, sizeOfHeaders }: PeHeaders,
  rva: number,
): { readonly offset: number; readonly end: number } {
  const section = sections.find((one) => rva >= one.rva && rva < one.rva + one.fileSize);
  if (section !== undefined) {
    return { offset: section.offset + rva - section.rva, end: section.offset + section.fileSize };
  }
  if (rva < sizeOfHeaders) return { offset: rva, end: sizeOfHeaders };
  throw reader.error("malformed", `no section holds RVA 0x${rva.toString(16)}`);
}
