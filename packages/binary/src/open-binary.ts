import type { Architecture, Binary } from "./binary.ts";
import { ByteReader } from "./byte-reader.ts";
import type { ByteSource } from "./byte-source.ts";
import { openElf } from "./elf/open-elf.ts";
import { openMachO } from "./mach-o/open-mach-o.ts";
import { openPe } from "./pe/open-pe.ts";

export interface OpenOptions {
  /** Which part of a universal Mach-O to read; without it, this machine's or else the first. No matter elsewhere. */
  readonly architecture?: Architecture;
  /**
   * The source is not the file but what a process has in its memory of it, at the file's offsets, and this is the address
   * of offset 0. Sections are not loaded, so there are none; pointers that the dynamic linker has relocated are taken
   * back. ELF only.
   */
  readonly loadedAt?: number;
}

const ELF_MAGIC = 0x7f454c46;

/**
 * Reads the headers of an ELF, Mach-O or PE file; the rest is read when it is asked for, from the same source.
 * @throws BinaryError `unknown-format` where it is none of them; else what is wrong with the headers
 */
export function openBinary(source: ByteSource, options: OpenOptions = {}): Binary {
  const reader = new ByteReader(source, false, true);
  if (source.size < 4) throw reader.error("unknown-format", `${source.size} bytes are no binary`, 0);
  const magic = reader.u32(0);
  if (magic === ELF_MAGIC) return openElf(source, options.loadedAt);
  const binary = openMachO(source, options.architecture) ?? openPe(source);
  if (binary !== undefined) return binary;
  const hex = magic.toString(16).padStart(8, "0");
  throw reader.error("unknown-format", `neither ELF nor Mach-O nor PE, starts with ${hex}`, 0);
}
