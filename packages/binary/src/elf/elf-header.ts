import { ByteReader } from "../byte-reader.ts";
import type { ByteSource } from "../byte-source.ts";

/** The fields of an ELF file header that say where the other headers are, by the names of the ELF specification. */
export interface ElfHeader {
  readonly e_type: number;
  readonly e_machine: number;
  readonly e_phoff: number;
  readonly e_shoff: number;
  readonly e_phnum: number;
  readonly e_shnum: number;
  readonly e_shstrndx: number;
}

/** Sizes and places that differ between ELFCLASS32 and ELFCLASS64. */
export interface ElfClass {
  readonly headerSize: number;
  readonly programSize: number;
  readonly sectionSize: number;
  readonly symbolSize: number;
  readonly e_phoff: number;
  readonly e_shoff: number;
  /** Where the half-words begin: e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx. */
  readonly e_ehsize: number;
  readonly sh_offset: number;
  readonly sh_size: number;
  readonly sh_link: number;
}

const elf32: ElfClass = {
  headerSize: 52, programSize: 32, sectionSize: 40, symbolSize: 16,
  e_phoff: 28, e_shoff: 32, e_ehsize: 40, sh_offset: 16, sh_size: 20, sh_link: 24,
};
const elf64: ElfClass = {
  headerSize: 64, programSize: 56, sectionSize: 64, symbolSize: 24,
  e_phoff: 32, e_shoff: 40, e_ehsize: 52, sh_offset: 24, sh_size: 32, sh_link: 40,
};

export function elfClass(reader: ByteReader): ElfClass {
  return reader.wide ? elf64 : elf32;
}

/** A reader in the class and byte order that `e_ident` names. */
export function elfReader(source: ByteSource): ByteReader {
  const ident = new ByteReader(source, true, true);
  const ei_class = ident.u8(4);
  const ei_data = ident.u8(5);
  if (ei_class !== 1 && ei_class !== 2) throw ident.error("unsupported", `ELF class ${ei_class}`, 4);
  if (ei_data !== 1 && ei_data !== 2) throw ident.error("unsupported", `ELF byte order ${ei_data}`, 5);
  return new ByteReader(source, ei_data === 1, ei_class === 2);
}

/** @throws BinaryError `malformed`: a header's entries have not the size of the ABI, which no known file does */
export function readElfHeader(reader: ByteReader): ElfHeader {
  const abi = elfClass(reader);
  const half = (index: number): number => reader.u16(abi.e_ehsize + index * 2);
  const header = {
    e_type: reader.u16(16),
    e_machine: reader.u16(18),
    e_phoff: reader.word(abi.e_phoff),
    e_shoff: reader.word(abi.e_shoff),
    e_phnum: half(2),
    e_shnum: half(4),
    e_shstrndx: half(5),
  };
  const entrySizes = [
    { name: "e_phentsize", size: half(1), wanted: abi.programSize, used: header.e_phoff > 0 && header.e_phnum > 0 },
    { name: "e_shentsize", size: half(3), wanted: abi.sectionSize, used: header.e_shoff > 0 },
  ];
  const wrong = entrySizes.find(({ size, wanted, used }) => used && size !== wanted);
  if (wrong !== undefined) throw reader.error("malformed", `${wrong.name} is ${wrong.size}`, abi.e_ehsize);
  return header;
}
