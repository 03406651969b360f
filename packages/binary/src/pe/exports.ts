import type { BinarySymbol } from "../binary.ts";
import type { ByteReader } from "../byte-reader.ts";
import { locateRva, type DataDirectory, type PeHeaders } from "./pe-headers.ts";

const IMAGE_SCN_MEM_EXECUTE = 0x2000_0000;
/** Ordinals are 16 bits wide, so no DLL has more. */
const mostExports = 0x1_0000;

interface ExportTable {
  readonly directory: DataDirectory;
  readonly functionCount: number;
  readonly nameCount: number;
  /** File offsets of AddressOfFunctions, AddressOfNames, AddressOfNameOrdinals. */
  readonly functions: number;
  readonly names: number;
  readonly ordinals: number;
}

/** By binary search: the names are sorted, as the loader needs them. */
export function findExports(headers: PeHeaders, names: Iterable<string>): Map<string, BinarySymbol> {
  const table = readExportTable(headers);
  const found = new Map<string, BinarySymbol>();
  if (table === undefined) return found;
  for (const name of names) {
    const index = indexOfName(headers, table, name);
    const symbol = index === undefined ? undefined : exportAt(headers, table, index, name);
    if (symbol !== undefined) found.set(name, symbol);
  }
  return found;
}

export function* allExports(headers: PeHeaders): Generator<BinarySymbol> {
  const table = readExportTable(headers);
  if (table === undefined) return;
  for (let index = 0; index < table.nameCount; index += 1) {
    const symbol = exportAt(headers, table, index, nameAt(headers, table, index));
    if (symbol !== undefined) yield symbol;
  }
}

function readExportTable(headers: PeHeaders): ExportTable | undefined {
  const { reader, directories } = headers;
  const [directory] = directories;
  if (directory === undefined || directory.rva === 0 || directory.size === 0) return undefined;
  const at = locateRva(headers, directory.rva).offset;
  const functionCount = reader.u32(at + 20);
  const nameCount = reader.u32(at + 24);
  if (functionCount > mostExports || nameCount > mostExports) {
    throw reader.error("too-large", `${functionCount} exports and ${nameCount} names`, at + 20);
  }
  return {
    directory,
    functionCount,
    nameCount,
    functions: arrayAt(headers, reader.u32(at + 28), functionCount * 4),
    names: arrayAt(headers, reader.u32(at + 32), nameCount * 4),
    ordinals: arrayAt(headers, reader.u32(at + 36), nameCount * 2),
  };
}

function arrayAt(headers: PeHeaders, rva: number, size: number): number {
  if (size === 0) return 0;
  const { offset, end } = locateRva(headers, rva);
  if (offset + size <= end) return offset;
  throw headers.reader.error("malformed", `export array of ${size} bytes is past its section's end`, offset);
}

function indexOfName(headers: PeHeaders, table: ExportTable, name: string): number | undefined {
  const wanted = Buffer.from(name);
  let from = 0;
  let to = table.nameCount;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const order = Buffer.compare(Buffer.from(nameAt(headers, table, middle)), wanted);
    if (order === 0) return middle;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return undefined;
}

function nameAt(headers: PeHeaders, table: ExportTable, index: number): string {
  const { reader } = headers;
  const { offset, end } = locateRva(headers, reader.u32(table.names + index * 4));
  return reader.name(offset, end);
}

/** `undefined` for a forwarder, whose address is that of a text (`other.dll.name`) in the export directory itself. */
function exportAt(headers: PeHeaders, table: ExportTable, index: number, name: string): BinarySymbol | undefined {
  const { reader, imageBase, sections } = headers;
  const ordinal = reader.u16(table.ordinals + index * 2);
  if (ordinal >= table.functionCount) {
    throw reader.error("malformed", `${name} has ordinal ${ordinal} of ${table.functionCount}`, table.ordinals);
  }
  const rva = functionRva(reader, table, ordinal);
  const isForwarder = rva >= table.directory.rva && rva < table.directory.rva + table.directory.size;
  if (rva === 0 || isForwarder) return undefined;
  const section = sections.find((one) => rva >= one.rva && rva < one.rva + one.virtualSize);
  const isCode = ((section?.characteristics ?? 0) & IMAGE_SCN_MEM_EXECUTE) !== 0;
  return { name, address: imageBase + rva, size: 0, kind: isCode ? "function" : "object", table: "exports" };
}

function functionRva(reader: ByteReader, { functions }: ExportTable, ordinal: number): number {
  return reader.u32(functions + ordinal * 4);
}
