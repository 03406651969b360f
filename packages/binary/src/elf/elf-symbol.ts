import type { BinarySymbol } from "../binary.ts";
import { u64At, type ByteReader } from "../byte-reader.ts";
import type { SymbolTable } from "./symbol-table.ts";

/** An entry of a symbol table without its name. */
export interface ElfSymbol {
  readonly st_name: number;
  readonly st_info: number;
  readonly st_shndx: number;
  readonly st_value: number;
  readonly st_size: number;
}

export function symbolAt(reader: ByteReader, view: DataView, at: number): ElfSymbol {
  const { littleEndian, wide } = reader;
  return {
    st_name: view.getUint32(at, littleEndian),
    st_info: view.getUint8(at + (wide ? 4 : 12)),
    st_shndx: view.getUint16(at + (wide ? 6 : 14), littleEndian),
    st_value: wide ? u64At(view, at + 8, littleEndian) : view.getUint32(at + 4, littleEndian),
    st_size: wide ? u64At(view, at + 16, littleEndian) : view.getUint32(at + 8, littleEndian),
  };
}

export function readSymbol(reader: ByteReader, table: SymbolTable, index: number): ElfSymbol {
  const size = reader.wide ? 24 : 16;
  return symbolAt(reader, reader.peek(table.offset + index * size, size), 0);
}

const shn = { undef: 0, abs: 0xfff1, common: 0xfff2 } as const;
const stt = { object: 1, function: 2, section: 3, file: 4, tls: 6, gnuIfunc: 10 } as const;

/** Whether `st_value` is an address in the image: not so of imports, constants, thread-local offsets, file names. */
export function hasAddress({ st_info, st_shndx, st_value }: ElfSymbol): boolean {
  if (st_shndx === shn.undef || st_shndx === shn.abs || st_shndx === shn.common) return false;
  const type = st_info & 0xf;
  return type !== stt.section && type !== stt.file && type !== stt.tls && Number.isSafeInteger(st_value);
}

export function kindOf({ st_info }: ElfSymbol): BinarySymbol["kind"] {
  const type = st_info & 0xf;
  if (type === stt.function || type === stt.gnuIfunc) return "function";
  return type === stt.object ? "object" : "other";
}

export function isLocal({ st_info }: ElfSymbol): boolean {
  return st_info >>> 4 === 0;
}

export function binarySymbol(name: string, symbol: ElfSymbol, table: SymbolTable["table"]): BinarySymbol {
  return { name, address: symbol.st_value, size: symbol.st_size, kind: kindOf(symbol), table };
}
