import type { Architecture } from "../binary.ts";
import { utf8, type ByteReader } from "../byte-reader.ts";
import { elfClass, type ElfHeader } from "./elf-header.ts";
import type { ElfHeaders, ElfProgram, ElfSection } from "./elf-headers.ts";
import { readSectionNames } from "./section-names.ts";

/** For files that elfy throws on: without section headers, or with more headers than their counts can say. */
export function readPlainHeaders(reader: ByteReader, header: ElfHeader): ElfHeaders {
  const { phnum, shnum, shstrndx } = countHeaders(reader, header);
  const { programSize, sectionSize } = elfClass(reader);
  const programs = Array.from({ length: phnum }, (_, index) => {
    return readProgram(reader, header.e_phoff + index * programSize);
  });
  const names = readNames(reader, header, shnum, shstrndx);
  const sections = Array.from({ length: shnum }, (_, index) => {
    return readSectionHeader(reader, header.e_shoff + index * sectionSize, names[index] ?? "");
  });
  return {
    type: types[header.e_type] ?? "other",
    architecture: machines[header.e_machine] ?? "other",
    programs,
    sections,
  };
}

const types: Readonly<Record<number, ElfHeaders["type"]>> = { 1: "rel", 2: "exec", 3: "dyn", 4: "core" };
const machines: Readonly<Record<number, Architecture>> = { 3: "ia32", 40: "arm", 62: "x64", 183: "arm64" };

const mostHeaders = 0x4_0000;

/** Extended numbering: what does not fit into a half-word of the file header stands in the first section header. */
function countHeaders(reader: ByteReader, header: ElfHeader): { phnum: number; shnum: number; shstrndx: number } {
  const { e_phoff, e_phnum, e_shoff, e_shnum, e_shstrndx } = header;
  const { sh_size, sh_link } = elfClass(reader);
  const first = e_shoff > 0 ? e_shoff : undefined;
  const extendedPrograms = e_phnum === 0xffff && first !== undefined;
  const counts = {
    phnum: e_phoff === 0 ? 0 : extendedPrograms ? reader.u32(first + sh_link + 4) : e_phnum,
    shnum: first === undefined ? 0 : e_shnum === 0 ? reader.word(first + sh_size) : e_shnum,
    shstrndx: e_shstrndx === 0xffff && first !== undefined ? reader.u32(first + sh_link) : e_shstrndx,
  };
  if (counts.phnum > mostHeaders || counts.shnum > mostHeaders) {
    throw reader.error("too-large", `${counts.phnum} program and ${counts.shnum} section headers`, first);
  }
  return counts;
}

const programTypes: Readonly<Record<number, ElfProgram["type"]>> = {
  1: "load",
  2: "dynamic",
  4: "note",
  0x6474e552: "gnu_relro",
};

function readProgram(reader: ByteReader, at: number): ElfProgram {
  const word = reader.wide ? 8 : 4;
  const p_flags = reader.u32(at + (reader.wide ? 4 : 24));
  const p_offset = at + word;
  return {
    type: programTypes[reader.u32(at)] ?? "other",
    offset: reader.word(p_offset),
    vaddr: reader.word(p_offset + word),
    filesz: reader.word(p_offset + word * 3),
    memsz: reader.word(p_offset + word * 4),
    readable: (p_flags & 4) !== 0,
    writable: (p_flags & 2) !== 0,
    executable: (p_flags & 1) !== 0,
  };
}

const sectionTypes: Readonly<Record<number, ElfSection["type"]>> = {
  0: "null",
  1: "progbits",
  2: "symtab",
  3: "strtab",
  7: "note",
  8: "nobits",
  11: "dynsym",
  0x6ffffff6: "gnu_hash",
  0x6fffffff: "versym",
};

function readSectionHeader(reader: ByteReader, at: number, name: string): ElfSection {
  const word = reader.wide ? 8 : 4;
  const sh_flags = reader.word(at + 8);
  return {
    name,
    type: sectionTypes[reader.u32(at + 4)] ?? "other",
    addr: reader.word(at + 8 + word),
    off: reader.word(at + 8 + word * 2),
    size: reader.word(at + 8 + word * 3),
    link: reader.u32(at + 8 + word * 4),
    writable: (sh_flags & 0x1) !== 0,
    alloc: (sh_flags & 0x2) !== 0,
    executable: (sh_flags & 0x4) !== 0,
    tls: (sh_flags & 0x400) !== 0,
    compressed: (sh_flags & 0x800) !== 0,
  };
}

/** None where no section is said to hold the names. */
function readNames(reader: ByteReader, { e_shoff }: ElfHeader, shnum: number, shstrndx: number): string[] {
  if (shstrndx === 0 || shnum === 0) return [];
  if (shstrndx >= shnum) throw reader.error("malformed", `e_shstrndx is ${shstrndx} of ${shnum} sections`, e_shoff);
  const { sectionSize } = elfClass(reader);
  const table = readSectionHeader(reader, e_shoff + shstrndx * sectionSize, "");
  const starts = Array.from({ length: shnum }, (_, index) => reader.u32(e_shoff + index * sectionSize));
  const bytes = readSectionNames(reader, table.off, table.size, starts);
  return starts.map((start) => utf8(bytes, start, bytes.indexOf(0, start)));
}
