import type { Architecture } from "../binary.ts";
import type { ByteReader } from "../byte-reader.ts";
import { type ElfHeader, readElfHeader } from "./elf-header.ts";
import { readByElfy, suitsElfy } from "./elfy-headers.ts";
import { readPlainHeaders } from "./plain-headers.ts";

export interface ElfHeaders {
  readonly type: "rel" | "exec" | "dyn" | "core" | "other";
  readonly architecture: Architecture;
  readonly programs: readonly ElfProgram[];
  readonly sections: readonly ElfSection[];
}

export interface ElfProgram {
  readonly type: "load" | "dynamic" | "note" | "gnu_relro" | "other";
  readonly offset: number;
  readonly vaddr: number;
  readonly filesz: number;
  readonly memsz: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
}

export interface ElfSection {
  readonly name: string;
  readonly type: ElfSectionType;
  readonly addr: number;
  readonly off: number;
  readonly size: number;
  readonly link: number;
  readonly alloc: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly tls: boolean;
  readonly compressed: boolean;
}

export type ElfSectionType =
  "null" | "progbits" | "symtab" | "strtab" | "note" | "nobits" | "dynsym" | "gnu_hash" | "versym" | "other";

/** Program and section headers, by elfy where it can; of a `loaded` file no section headers, which are not in memory. */
export function readElfHeaders(reader: ByteReader, loaded = false): ElfHeaders {
  const header = loaded ? withoutSections(readElfHeader(reader)) : readElfHeader(reader);
  const headers = suitsElfy(header) ? readByElfy(reader, header) : readPlainHeaders(reader, header);
  for (const { type, vaddr, memsz, offset, filesz } of headers.programs) {
    if (type === "load") checkExact(reader, "program header", [vaddr + memsz, offset + filesz]);
  }
  for (const { name, addr, off, size } of headers.sections) {
    checkExact(reader, `section header of ${name}`, [addr + size, off + size]);
  }
  return headers;
}

function withoutSections(header: ElfHeader): ElfHeader {
  return { ...header, e_shoff: 0, e_shnum: 0, e_shstrndx: 0 };
}

/** Kernel addresses, for one, are over 2^53 and can't be told apart as numbers. */
function checkExact(reader: ByteReader, what: string, ends: readonly number[]): void {
  const end = ends.find((one) => !Number.isSafeInteger(one));
  if (end !== undefined) throw reader.error("unsupported", `${what} reaches 0x${end.toString(16)}, over 2^53`);
}
