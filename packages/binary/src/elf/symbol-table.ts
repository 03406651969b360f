import type { ByteReader } from "../byte-reader.ts";
import type { StringTable } from "../string-offsets.ts";
import { dynamicSymbolTable } from "./dynamic.ts";
import { elfClass } from "./elf-header.ts";
import type { ElfHeaders, ElfSection } from "./elf-headers.ts";

/** Where a symbol table and what belongs to it lie in the file. */
export interface SymbolTable {
  readonly table: "symtab" | "dynsym";
  readonly offset: number;
  readonly count: number;
  readonly strings: StringTable;
  /** DT_GNU_HASH */
  readonly gnuHash: number | undefined;
  /** DT_VERSYM: a half-word a symbol */
  readonly versym: number | undefined;
}

/** The dynamic symbols first: they are fewer, and have a hash table. */
export function symbolTables(reader: ByteReader, headers: ElfHeaders, relocated = 0): SymbolTable[] {
  const tables = headers.sections.length > 0
    ? [tableOfSections(reader, headers, "dynsym"), tableOfSections(reader, headers, "symtab")]
    : [dynamicSymbolTable(reader, headers, relocated)];
  return tables.filter((table) => table !== undefined);
}

function tableOfSections(
  reader: ByteReader,
  { sections }: ElfHeaders,
  table: "symtab" | "dynsym",
): SymbolTable | undefined {
  const symbols = sections.find(({ type }) => type === table);
  if (symbols === undefined) return undefined;
  const strings = sections[symbols.link];
  if (strings?.type !== "strtab") {
    throw reader.error("malformed", `${symbols.name} names section ${symbols.link} for its strings`, symbols.off);
  }
  const offsetOf = (type: ElfSection["type"]): number | undefined => {
    return table === "dynsym" ? sections.find((section) => section.type === type)?.off : undefined;
  };
  return {
    table,
    offset: symbols.off,
    count: Math.floor(symbols.size / elfClass(reader).symbolSize),
    strings: { offset: strings.off, size: strings.size },
    gnuHash: offsetOf("gnu_hash"),
    versym: offsetOf("versym"),
  };
}
