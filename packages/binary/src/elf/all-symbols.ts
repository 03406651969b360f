import type { BinarySymbol } from "../binary.ts";
import { bufferOf, type ByteReader } from "../byte-reader.ts";
import { elfClass } from "./elf-header.ts";
import { binarySymbol, hasAddress, kindOf, symbolAt } from "./elf-symbol.ts";
import type { SymbolTable } from "./symbol-table.ts";

/** The functions and objects of all tables; what a later table repeats of an earlier one is left out. */
export function* allSymbols(reader: ByteReader, tables: readonly SymbolTable[]): Generator<BinarySymbol> {
  const seen = new Set<string>();
  for (const [index, table] of tables.entries()) {
    for (const symbol of symbolsOf(reader, table)) {
      const key = `${symbol.address} ${symbol.name}`;
      if (index > 0 && seen.has(key)) continue;
      if (index < tables.length - 1) seen.add(key);
      yield symbol;
    }
  }
}

function* symbolsOf(reader: ByteReader, table: SymbolTable): Generator<BinarySymbol> {
  const { symbolSize } = elfClass(reader);
  const strings = bufferOf(reader.bytes(table.strings.offset, table.strings.size));
  for (const { start, view } of reader.chunks(table.offset, table.count * symbolSize, symbolSize)) {
    for (let at = 0; at < view.byteLength; at += symbolSize) {
      const symbol = symbolAt(reader, view, at);
      if (!hasAddress(symbol) || kindOf(symbol) === "other") continue;
      const end = strings.indexOf(0, symbol.st_name);
      if (symbol.st_name >= strings.length || end < 0) {
        throw reader.error("malformed", `symbol name at ${symbol.st_name} has no end`, table.offset + start + at);
      }
      yield binarySymbol(strings.toString("utf8", symbol.st_name, end), symbol, table.table);
    }
  }
}
