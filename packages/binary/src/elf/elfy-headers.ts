import elfy from "elfy";
import type { ElfyFile, ElfyProgram, ElfySection } from "elfy";
import type { Architecture } from "../binary.ts";
import { bufferOf, u64At, viewOf, type ByteReader } from "../byte-reader.ts";
import { elfClass, type ElfHeader } from "./elf-header.ts";
import type { ElfHeaders, ElfProgram, ElfSection } from "./elf-headers.ts";
import { readSectionNames } from "./section-names.ts";

/**
 * elfy wants a whole file in one Buffer and takes slices of it. It gets a small file made of this one's headers
 * and section names, with the offsets of these set anew; no `data` slice of its result is ever used.
 */
export function readByElfy(reader: ByteReader, header: ElfHeader): ElfHeaders {
  const { file, namesOffset } = gatherHeaders(reader, header);
  const parsed = parse(reader, file);
  return {
    type: typeOf(parsed.type),
    architecture: architectures[parsed.machine ?? ""] ?? "other",
    programs: parsed.body.programs.map(programOf),
    sections: parsed.body.sections.map((section, index) => {
      return sectionOf(section, index === header.e_shstrndx ? namesOffset : section.off);
    }),
  };
}

/**
 * elfy throws without section headers, and takes the markers of extended numbering (PN_XNUM, SHN_XINDEX,
 * a count of 0) for numbers.
 */
export function suitsElfy(header: ElfHeader): boolean {
  const { e_shoff, e_shnum, e_shstrndx, e_phnum } = header;
  return e_shoff > 0 && e_shnum > 0 && e_shstrndx > 0 && e_shstrndx !== 0xffff && e_phnum !== 0xffff;
}

function gatherHeaders(reader: ByteReader, header: ElfHeader): { file: Buffer; namesOffset: number } {
  const abi = elfClass(reader);
  const programs = header.e_phoff > 0 ? reader.bytes(header.e_phoff, header.e_phnum * abi.programSize) : noBytes;
  const sections = reader.bytes(header.e_shoff, header.e_shnum * abi.sectionSize);
  const { names, namesOffset } = readNames(reader, header, sections);
  const first = reader.bytes(0, abi.headerSize);
  const file = Buffer.concat([first, programs, sections, names]);
  const sectionsAt = first.length + programs.length;
  const set = (at: number, value: number): void => setWord(reader, viewOf(file), at, value);
  if (header.e_phoff > 0) set(abi.e_phoff, first.length);
  set(abi.e_shoff, sectionsAt);
  set(sectionsAt + header.e_shstrndx * abi.sectionSize + abi.sh_offset, sectionsAt + sections.length);
  return { file, namesOffset };
}

const noBytes = new Uint8Array(0);

function setWord(reader: ByteReader, view: DataView, at: number, value: number): void {
  view.setUint32(at, reader.littleEndian || !reader.wide ? value : 0, reader.littleEndian);
  if (reader.wide) view.setUint32(at + 4, reader.littleEndian ? 0 : value, reader.littleEndian);
}

function readNames(
  reader: ByteReader,
  { e_shnum, e_shstrndx, e_shoff }: ElfHeader,
  sections: Uint8Array,
): { names: Uint8Array; namesOffset: number } {
  const abi = elfClass(reader);
  if (e_shstrndx >= e_shnum) {
    throw reader.error("malformed", `e_shstrndx is ${e_shstrndx} of ${e_shnum} sections`, e_shoff);
  }
  const view = viewOf(sections);
  const at = e_shstrndx * abi.sectionSize;
  const word = (offset: number): number =>
    reader.wide ? u64At(view, offset, reader.littleEndian) : view.getUint32(offset, reader.littleEndian);
  const namesOffset = word(at + abi.sh_offset);
  const starts = Array.from({ length: e_shnum }, (_, index) => {
    return view.getUint32(index * abi.sectionSize, reader.littleEndian);
  });
  return { names: readSectionNames(reader, namesOffset, word(at + abi.sh_size), starts), namesOffset };
}

function parse(reader: ByteReader, file: Buffer): ElfyFile {
  try {
    return elfy.parse(bufferOf(file));
  } catch (cause) {
    throw reader.error("malformed", "ELF headers", 0, cause);
  }
}

const architectures: Readonly<Record<string, Architecture>> = {
  amd64: "x64",
  AArch64: "arm64",
  arm: "arm",
  386: "ia32",
};

function typeOf(type: string | undefined): ElfHeaders["type"] {
  return type === "rel" || type === "exec" || type === "dyn" || type === "core" ? type : "other";
}

function programOf({ type, offset, vaddr, filesz, memsz, flags }: ElfyProgram): ElfProgram {
  const known = type === "load" || type === "dynamic" || type === "note" || type === "gnu_relro";
  return {
    type: known ? type : "other",
    offset,
    vaddr,
    filesz,
    memsz,
    readable: flags["r"] === true,
    writable: flags["w"] === true,
    executable: flags["x"] === true,
  };
}

/** `hios` is elfy's name of 0x6fffffff, SHT_GNU_versym; 2048 is SHF_COMPRESSED, which it has no name for. */
function sectionOf({ name, type, addr, size, link, flags }: ElfySection, off: number): ElfSection {
  return {
    name,
    type: sectionTypes[type] ?? "other",
    addr,
    off,
    size,
    link,
    alloc: flags["alloc"] === true,
    writable: flags["write"] === true,
    executable: flags["execinstr"] === true,
    tls: flags["tls"] === true,
    compressed: flags["2048"] === true,
  };
}

const sectionTypes: Readonly<Record<string, ElfSection["type"]>> = {
  null: "null",
  progbits: "progbits",
  symtab: "symtab",
  strtab: "strtab",
  note: "note",
  nobits: "nobits",
  dynsym: "dynsym",
  gnu_hash: "gnu_hash",
  hios: "versym",
};
