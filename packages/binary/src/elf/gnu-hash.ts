import type { ByteReader } from "../byte-reader.ts";

/** Chains of real libraries have a few links each. */
const longestChain = 0x4000;

/** Header of a DT_GNU_HASH table and where its three arrays lie. */
interface GnuHash {
  readonly nbuckets: number;
  /** Index of the first symbol in the table; those before it are undefined ones. */
  readonly symoffset: number;
  readonly bloomSize: number;
  readonly bloomShift: number;
  readonly bloom: number;
  readonly buckets: number;
  readonly chains: number;
}

function readGnuHash(reader: ByteReader, offset: number): GnuHash {
  const nbuckets = reader.u32(offset);
  const bloomSize = reader.u32(offset + 8);
  const bloom = offset + 16;
  const buckets = bloom + bloomSize * (reader.wide ? 8 : 4);
  return {
    nbuckets,
    symoffset: reader.u32(offset + 4),
    bloomSize,
    bloomShift: reader.u32(offset + 12),
    bloom,
    buckets,
    chains: buckets + nbuckets * 4,
  };
}

/** Indices of the symbols whose names have the hash of `name`: nearly always one or none. */
export function* gnuHashCandidates(reader: ByteReader, offset: number, name: string): Generator<number> {
  const table = readGnuHash(reader, offset);
  const hash = gnuHash(name);
  if (table.nbuckets === 0 || !mayHold(reader, table, hash)) return;
  const first = reader.u32(table.buckets + (hash % table.nbuckets) * 4);
  if (first < table.symoffset) return;
  for (let index = first; index < first + longestChain; index += 1) {
    const link = reader.u32(table.chains + (index - table.symoffset) * 4);
    if ((link | 1) === (hash | 1)) yield index;
    if (link & 1) return;
  }
  throw reader.error("too-large", `hash chain over ${longestChain} links`, table.chains);
}

/** Symbols in the table, counted as the end of the last chain: its header does not say. */
export function countByGnuHash(reader: ByteReader, offset: number): number {
  const { nbuckets, symoffset, buckets, chains } = readGnuHash(reader, offset);
  let last = 0;
  for (const { view } of reader.chunks(buckets, nbuckets * 4, 4)) {
    for (let at = 0; at < view.byteLength; at += 4) last = Math.max(last, view.getUint32(at, reader.littleEndian));
  }
  if (last < symoffset) return symoffset;
  for (let index = last; index < last + longestChain; index += 1) {
    if (reader.u32(chains + (index - symoffset) * 4) & 1) return index + 1;
  }
  throw reader.error("too-large", `hash chain over ${longestChain} links`, chains);
}

/** The Bloom filter: false where the name is certainly not in the table. */
function mayHold(reader: ByteReader, table: GnuHash, hash: number): boolean {
  if (table.bloomSize === 0) return true;
  const bits = reader.wide ? 64 : 32;
  const word = table.bloom + (Math.floor(hash / bits) % table.bloomSize) * (bits / 8);
  return isSet(reader, word, hash % bits) && isSet(reader, word, (hash >>> table.bloomShift) % bits);
}

function isSet(reader: ByteReader, word: number, bit: number): boolean {
  const highWord = reader.wide && bit >= 32 === reader.littleEndian;
  return ((reader.u32(word + (highWord ? 4 : 0)) >>> (bit % 32)) & 1) === 1;
}

function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of Buffer.from(name)) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}
