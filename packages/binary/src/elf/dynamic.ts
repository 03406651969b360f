import type { ByteReader } from "../byte-reader.ts";
import type { StringTable } from "../string-offsets.ts";
import { elfClass } from "./elf-header.ts";
import type { ElfHeaders, ElfProgram } from "./elf-headers.ts";
import { countByGnuHash } from "./gnu-hash.ts";
import type { SymbolTable } from "./symbol-table.ts";

const dt = { null: 0, hash: 4, strtab: 5, symtab: 6, strsz: 10, gnuHash: 0x6ffffef5, versym: 0x6ffffff0 } as const;

const mostEntries = 4096;

/**
 * The dynamic symbols as the dynamic linker finds them, for files without section headers. `relocated`: what glibc has
 * added to the addresses if the source is a loaded file (musl leaves them as they are).
 */
export function dynamicSymbolTable(reader: ByteReader, { programs }: ElfHeaders, relocated = 0): SymbolTable | undefined {
  const dynamic = programs.find(({ type }) => type === "dynamic");
  if (dynamic === undefined) return undefined;
  const entries = readEntries(reader, dynamic);
  const at = (tag: number): number | undefined => {
    const address = entries.get(tag);
    if (address === undefined) return undefined;
    return fileOffset(reader, programs, address >= relocated ? address - relocated : address);
  };
  const symbols = at(dt.symtab);
  const strings = at(dt.strtab);
  if (symbols === undefined || strings === undefined) return undefined;
  const gnuHash = at(dt.gnuHash);
  return {
    table: "dynsym",
    offset: symbols,
    count: countSymbols(reader, gnuHash, at(dt.hash)),
    strings: stringTable(strings, entries.get(dt.strsz)),
    gnuHash,
    versym: at(dt.versym),
  };
}

function stringTable(offset: number, size = 0): StringTable {
  return { offset, size };
}

function readEntries(reader: ByteReader, { offset, filesz }: ElfProgram): Map<number, number> {
  const entries = new Map<number, number>();
  const size = reader.wide ? 16 : 8;
  const count = Math.floor(filesz / size);
  for (let index = 0; index < Math.min(count, mostEntries); index += 1) {
    const at = offset + index * size;
    const tag = reader.word(at);
    if (tag === dt.null) return entries;
    if (!entries.has(tag)) entries.set(tag, reader.word(at + size / 2));
  }
  if (count > mostEntries) throw reader.error("too-large", `over ${mostEntries} dynamic entries`, offset);
  return entries;
}

function fileOffset(reader: ByteReader, programs: readonly ElfProgram[], address: number): number {
  const program = programs.find(({ type, vaddr, filesz }) => {
    return type === "load" && address >= vaddr && address < vaddr + filesz;
  });
  if (program !== undefined) return program.offset + address - program.vaddr;
  throw reader.error("malformed", `dynamic entry names address 0x${address.toString(16)}, which is in no segment`);
}

/** No dynamic entry says how many symbols there are; the hash tables do. */
function countSymbols(reader: ByteReader, gnuHash: number | undefined, hash: number | undefined): number {
  const count = hash !== undefined ? reader.u32(hash + 4) : gnuHash !== undefined ? countByGnuHash(reader, gnuHash) : 0;
  return Math.min(count, Math.floor(reader.source.size / elfClass(reader).symbolSize));
}
