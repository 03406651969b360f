import { closeSync, openSync, readSync } from "node:fs";

/** The first bytes of a section of a 64-bit little-endian ELF file; `undefined` without such a section. */
export function elfSection(path: string, name: string, length: number): Uint8Array | undefined {
  const fd = openSync(path, "r");
  try {
    const header = read(fd, 0, 64);
    if (header.length < 64 || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
    const [offset, entrySize, count, nameIndex] = [Number(header.readBigUInt64LE(40)), header.readUInt16LE(58), header.readUInt16LE(60), header.readUInt16LE(62)];
    const table = read(fd, offset, entrySize * count);
    const sections = Array.from({ length: count }, (_, index) => table.subarray(index * entrySize, (index + 1) * entrySize));
    const names = contents(fd, sections[nameIndex]);
    const found = sections.find((section) => {
      const start = section.readUInt32LE(0);
      return names.toString("latin1", start, names.indexOf(0, start)) === name;
    });
    return found === undefined ? undefined : contents(fd, found).subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

function contents(fd: number, section: Buffer | undefined): Buffer {
  if (section === undefined) return Buffer.alloc(0);
  return read(fd, Number(section.readBigUInt64LE(24)), Number(section.readBigUInt64LE(32)));
}

function read(fd: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, offset));
}
