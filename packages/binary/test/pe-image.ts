/** Builds a small PE32+ DLL with the given exports, for what real files at hand lack: many names, forwarders, an id. */
export interface PeExport {
  readonly name: string;
  /** RVA, or the text of a forwarder. */
  readonly target: number | string;
}

export const imageBase = 0x1_8000_0000;
export const textRva = 0x1000;
export const dataRva = 0x2000;
const exportsRva = 0x10_0000;
const headerSize = 0x400;

export function peImage(exports: readonly PeExport[], rsds: Buffer): Buffer {
  const sorted = exports.toSorted((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)));
  const directory = exportDirectory(sorted);
  const data = Buffer.alloc(0x200);
  const debug = headerSize + 0x200;
  data.writeUInt32LE(2, 12); // the debug directory's only entry, at the start of .data: CodeView
  data.writeUInt32LE(rsds.length, 16);
  data.writeUInt32LE(debug + 0x40, 24);
  rsds.copy(data, 0x40);
  const headers = Buffer.alloc(headerSize);
  headers.write("MZ");
  headers.writeUInt32LE(0x80, 0x3c);
  headers.write("PE\0\0", 0x80);
  headers.writeUInt16LE(0x8664, 0x84);
  headers.writeUInt16LE(3, 0x86);
  headers.writeUInt16LE(240, 0x94);
  const optional = 0x98;
  headers.writeUInt16LE(0x20b, optional);
  headers.writeBigUInt64LE(BigInt(imageBase), optional + 24);
  headers.writeUInt32LE(headerSize, optional + 60);
  headers.writeUInt32LE(16, optional + 108);
  headers.writeUInt32LE(exportsRva, optional + 112);
  headers.writeUInt32LE(directory.length, optional + 116);
  headers.writeUInt32LE(dataRva, optional + 112 + 6 * 8);
  headers.writeUInt32LE(28, optional + 112 + 6 * 8 + 4);
  const sections = [
    { name: ".text", size: 0x200, rva: textRva, offset: headerSize, flags: 0x6000_0020 },
    { name: "PyRuntim", size: 0x1000, rva: dataRva, offset: debug, raw: 0x200, flags: 0xc000_0040 },
    { name: ".edata", size: directory.length, rva: exportsRva, offset: debug + 0x200, flags: 0x4000_0040 },
  ];
  for (const [index, { name, size, rva, offset, raw = size, flags }] of sections.entries()) {
    const at = optional + 240 + index * 40;
    headers.write(name, at);
    [size, rva, raw, offset].forEach((value, field) => headers.writeUInt32LE(value, at + 8 + field * 4));
    headers.writeUInt32LE(flags, at + 36);
  }
  return Buffer.concat([headers, Buffer.alloc(0x200, 0xcc), data, directory]);
}

function exportDirectory(exports: readonly PeExport[]): Buffer {
  const count = exports.length;
  const functions = 40;
  const names = functions + count * 4;
  const ordinals = names + count * 4;
  const head = Buffer.alloc(ordinals + count * 2);
  head.writeUInt32LE(count, 20);
  head.writeUInt32LE(count, 24);
  [functions, names, ordinals].forEach((at, index) => head.writeUInt32LE(exportsRva + at, 28 + index * 4));
  const texts: Buffer[] = [];
  let end = exportsRva + head.length;
  const add = (text: string): number => {
    const bytes = Buffer.from(`${text}\0`);
    texts.push(bytes);
    end += bytes.length;
    return end - bytes.length;
  };
  for (const [index, { name, target }] of exports.entries()) {
    const ordinal = count - 1 - index; // not in the names' order, as in real files
    head.writeUInt32LE(add(name), names + index * 4);
    head.writeUInt16LE(ordinal, ordinals + index * 2);
    head.writeUInt32LE(typeof target === "number" ? target : add(target), functions + ordinal * 4);
  }
  return Buffer.concat([head, ...texts]);
}
