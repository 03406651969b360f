import { createRequire } from "node:module";
import type { ByteReader } from "../byte-reader.ts";
import { longestImageRead } from "../image.ts";
import type { ElfSection } from "./elf-headers.ts";

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;

/**
 * The bytes of a section with SHF_COMPRESSED.
 * @throws BinaryError `unsupported`: zstd on a Node before 22.15, or another method
 */
export function decompressSection(reader: ByteReader, { name, off, size }: ElfSection): Uint8Array {
  const headerSize = reader.wide ? 24 : 12;
  const ch_type = reader.u32(off);
  const ch_size = reader.word(off + (reader.wide ? 8 : 4));
  if (ch_size > longestImageRead) throw reader.error("too-large", `${ch_size} bytes in ${name}`, off);
  const packed = reader.bytes(off + headerSize, Math.max(0, size - headerSize));
  const bytes = inflate(reader, name, off, ch_type)(packed, { maxOutputLength: Math.max(1, ch_size) });
  if (bytes.length === ch_size) return bytes;
  throw reader.error("malformed", `${name} has ${bytes.length} bytes, its header says ${ch_size}`, off);
}

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

function inflate(reader: ByteReader, name: string, off: number, ch_type: number): Inflate {
  // Not imported: it takes 3 ms to load, and few files have a compressed section that is asked for.
  const zlib = createRequire(import.meta.url)("node:zlib") as typeof import("node:zlib");
  const methods: Record<number, Inflate | undefined> = {
    [ELFCOMPRESS_ZLIB]: zlib.inflateSync,
    [ELFCOMPRESS_ZSTD]: zlib.zstdDecompressSync, // undefined before Node 22.15
  };
  const method = methods[ch_type];
  if (method === undefined) throw reader.error("unsupported", `${name} is compressed by method ${ch_type}`, off);
  return (bytes, options) => {
    try {
      return method(bytes, options);
    } catch (cause) {
      throw reader.error("malformed", `${name} cannot be decompressed`, off, cause);
    }
  };
}
