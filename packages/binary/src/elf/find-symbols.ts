import type { BinarySymbol } from "../binary.ts";
import { bufferOf, type ByteReader, bytesOf, viewOf } from "../byte-reader.ts";
import { stringOffsets } from "../string-offsets.ts";
import { variantOffsets } from "./variant-offsets.ts";
import { elfClass } from "./elf-header.ts";
import { binarySymbol, hasAddress, isLocal, readSymbol, symbolAt, type ElfSymbol } from "./elf-symbol.ts";
import { gnuHashCandidates } from "./gnu-hash.ts";
import type { SymbolTable } from "./symbol-table.ts";

/** Up to so many symbols are looked for one after the other. */
const FEW = 16;

/** Each table is asked for what those before it lack. */
export function findSymbols(
  reader: ByteReader,
  tables: readonly SymbolTable[],
  names: Iterable<string>,
): Map<string, BinarySymbol> {
  const missing = new Set(names);
  missing.delete("");
  const found = new Map<string, BinarySymbol>();
  for (const table of tables) {
    const symbols = table.gnuHash === undefined
      ? scanTable(reader, table, missing)
      : lookUp(reader, table, table.gnuHash, missing);
    for (const [name, symbol] of symbols) {
      found.set(name, binarySymbol(name, symbol, table.table));
      missing.delete(name);
    }
  }
  return found;
}

function lookUp(
  reader: ByteReader,
  table: SymbolTable,
  gnuHash: number,
  names: ReadonlySet<string>,
): Map<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  for (const name of names) {
    const indices = [...gnuHashCandidates(reader, gnuHash, name)].filter((index) => isNamed(reader, table, index, name));
    // Of several versions of a name, the one that is not hidden (`name@@VERSION`) is what a linker would take.
    const index = indices.find((one) => !isHidden(reader, table, one)) ?? indices[0];
    if (index !== undefined) found.set(name, readSymbol(reader, table, index));
  }
  return found;
}

function isNamed(reader: ByteReader, table: SymbolTable, index: number, name: string): boolean {
  const symbol = readSymbol(reader, table, index);
  if (!hasAddress(symbol)) return false;
  const { offset, size } = table.strings;
  return reader.name(offset + symbol.st_name, offset + size) === name;
}

function isHidden(reader: ByteReader, { versym }: SymbolTable, index: number): boolean {
  return versym !== undefined && (reader.u16(versym + index * 2) & 0x8000) !== 0;
}

/** Those whose names optimisers have lengthened are looked for when there is none of the name itself. */
function scanTable(reader: ByteReader, table: SymbolTable, names: ReadonlySet<string>): Map<string, ElfSymbol> {
  const found = symbolsAt(reader, table, stringOffsets(reader, table.strings, names));
  const missing = [...names].filter((name) => !found.has(name));
  const variants = table.table === "symtab" ? variantOffsets(reader, table.strings, missing) : new Map<number, string>();
  for (const [name, symbol] of symbolsAt(reader, table, variants)) found.set(name, symbol);
  return found;
}

/** Names have become offsets into the string table, so that a symbol costs one comparison of integers. */
function symbolsAt(reader: ByteReader, table: SymbolTable, wanted: ReadonlyMap<number, string>): Map<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  if (wanted.size === 0) return found;
  const { symbolSize } = elfClass(reader);
  const entries = wanted.size <= FEW ? fewEntries : manyEntries;
  for (const { view } of reader.chunks(table.offset, table.count * symbolSize, symbolSize)) {
    for (const at of entries(reader, view, symbolSize, wanted)) {
      const name = wanted.get(view.getUint32(at, reader.littleEndian));
      if (name !== undefined) prefer(found, name, symbolAt(reader, view, at));
    }
  }
  return found;
}

/** Where in a part of a symbol table the wanted entries are, ascending. */
type Entries = (reader: ByteReader, view: DataView, symbolSize: number, wanted: ReadonlyMap<number, string>) => number[];

/** One pass of native code for each: st_name is what a symbol starts with. */
const fewEntries: Entries = (reader, view, symbolSize, wanted) => {
  const buffer = bufferOf(bytesOf(view));
  const st_name = Buffer.alloc(4);
  const entries: number[] = [];
  for (const offset of wanted.keys()) {
    viewOf(st_name).setUint32(0, offset, reader.littleEndian);
    for (let at = buffer.indexOf(st_name); at >= 0; at = buffer.indexOf(st_name, at + 1)) {
      if (at % symbolSize === 0) entries.push(at);
    }
  }
  return entries.sort((one, other) => one - other);
};

const manyEntries: Entries = (reader, view, symbolSize, wanted) => {
  const entries: number[] = [];
  for (let at = 0; at < view.byteLength; at += symbolSize) {
    if (wanted.has(view.getUint32(at, reader.littleEndian))) entries.push(at);
  }
  return entries;
};

/** The first global symbol of a name, else its first local one. */
function prefer(found: Map<string, ElfSymbol>, name: string, symbol: ElfSymbol): void {
  const known = found.get(name);
  if (!hasAddress(symbol) || (known !== undefined && (isLocal(symbol) || !isLocal(known)))) return;
  found.set(name, symbol);
}
