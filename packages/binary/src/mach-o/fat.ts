import type { Architecture } from "../binary.ts";
import { ByteReader } from "../byte-reader.ts";
import type { ByteSource } from "../byte-source.ts";

const FAT_MAGIC = 0xcafebabe;
const FAT_MAGIC_64 = 0xcafebabf;

/** Java class files have the same magic, and there a version of 45 or more. */
const mostSlices = 44;

/** One architecture's file inside of a universal file. */
export interface Slice {
  readonly architecture: Architecture;
  readonly offset: number;
  readonly size: number;
}

/** `undefined` when the magic is not a universal file's. */
export function readSlices(source: ByteSource): Slice[] | undefined {
  const reader = new ByteReader(source, false, true);
  const magic = reader.u32(0);
  if (magic !== FAT_MAGIC && magic !== FAT_MAGIC_64) return undefined;
  const count = reader.u32(4);
  if (count > mostSlices) return undefined;
  const wide = magic === FAT_MAGIC_64;
  return Array.from({ length: count }, (_, index) => {
    const at = 8 + index * (wide ? 32 : 20);
    return {
      architecture: machArchitecture(reader.u32(at)),
      offset: wide ? reader.u64(at + 8) : reader.u32(at + 8),
      size: wide ? reader.u64(at + 16) : reader.u32(at + 12),
    };
  });
}

/** A slice as a source of its own, with the file's name. */
export function sliceSource(source: ByteSource, { offset, size }: Slice): ByteSource {
  const end = offset + size;
  if (!Number.isSafeInteger(end) || end > source.size) {
    throw new ByteReader(source, false, true).error("truncated", `slice of ${size} bytes is past the end`, offset);
  }
  return {
    name: source.name,
    size,
    read: (from, length) => source.read(offset + from, Math.max(0, Math.min(length, size - from))),
  };
}

const CPU_ARCH_ABI64 = 0x0100_0000;

export function machArchitecture(cputype: number): Architecture {
  if (cputype === (7 | CPU_ARCH_ABI64)) return "x64";
  if (cputype === (12 | CPU_ARCH_ABI64)) return "arm64";
  if (cputype === 12) return "arm";
  return cputype === 7 ? "ia32" : "other";
}
