import type { BinarySymbol } from "../binary.ts";
import { bufferOf, u64At, utf8, type ByteReader } from "../byte-reader.ts";
import { stringOffsets } from "../string-offsets.ts";
import type { MachSection, Symtab } from "./load-commands.ts";

const N_STAB = 0xe0;
const N_TYPE = 0x0e;
const N_EXT = 0x01;
const N_SECT = 0x0e;
const S_ATTR_PURE_INSTRUCTIONS = 0x8000_0000;
const S_ATTR_SOME_INSTRUCTIONS = 0x0000_0400;

/** A defined symbol: one in a section. */
interface Entry {
  readonly n_strx: number;
  readonly external: boolean;
  readonly symbol: BinarySymbol;
}

/** The first external symbol of each name, else the first private one. C compilers put an underscore before names. */
export function findSymbols(
  reader: ByteReader,
  symtab: Symtab,
  sections: readonly MachSection[],
  names: Iterable<string>,
): Map<string, BinarySymbol> {
  const unique = new Set(names);
  unique.delete("");
  const wanted = stringOffsets(reader, { offset: symtab.stroff, size: symtab.strsize }, unique, "_");
  const found = new Map<string, Entry>();
  if (wanted.size > 0) {
    for (const entry of entries(reader, symtab, sections, wanted)) {
      const { name } = entry.symbol;
      const known = found.get(name);
      if (known === undefined || (entry.external && !known.external)) found.set(name, entry);
    }
  }
  return new Map(Array.from(found, ([name, { symbol }]) => [name, symbol]));
}

/** Names without the underscore; those that have none, which are not C's, as they are. */
export function* allSymbols(
  reader: ByteReader,
  symtab: Symtab,
  sections: readonly MachSection[],
): Generator<BinarySymbol> {
  const strings = reader.bytes(symtab.stroff, symtab.strsize);
  for (const { n_strx, symbol } of entries(reader, symtab, sections)) {
    const end = bufferOf(strings).indexOf(0, n_strx);
    if (n_strx >= strings.length || end < 0) {
      throw reader.error("malformed", `symbol name at ${n_strx} of ${strings.length} has no end`, symtab.stroff);
    }
    const name = utf8(strings, n_strx, end);
    yield { ...symbol, name: name.startsWith("_") ? name.slice(1) : name };
  }
}

/** All defined symbols, or those whose names' offsets are wanted, which have their names. */
function* entries(
  reader: ByteReader,
  { symoff, nsyms }: Symtab,
  sections: readonly MachSection[],
  wanted?: ReadonlyMap<number, string>,
): Generator<Entry> {
  const size = reader.wide ? 16 : 12;
  for (const { view } of reader.chunks(symoff, nsyms * size, size)) {
    for (let at = 0; at < view.byteLength; at += size) {
      const n_strx = view.getUint32(at, reader.littleEndian);
      const name = wanted === undefined ? "" : wanted.get(n_strx);
      if (name === undefined) continue;
      const entry = entryAt(reader, view, at, sections, name);
      if (entry !== undefined) yield entry;
    }
  }
}

function entryAt(
  { wide, littleEndian }: ByteReader,
  view: DataView,
  at: number,
  sections: readonly MachSection[],
  name: string,
): Entry | undefined {
  const n_type = view.getUint8(at + 4);
  if ((n_type & N_STAB) !== 0 || (n_type & N_TYPE) !== N_SECT) return undefined;
  const section = sections[view.getUint8(at + 5) - 1];
  const address = wide ? u64At(view, at + 8, littleEndian) : view.getUint32(at + 8, littleEndian);
  if (section === undefined || !Number.isSafeInteger(address)) return undefined;
  const isCode = (section.flags & (S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS)) !== 0;
  return {
    n_strx: view.getUint32(at, littleEndian),
    external: (n_type & N_EXT) !== 0,
    symbol: { name, address, size: 0, kind: isCode ? "function" : "object", table: "symtab" },
  };
}
