import type { Binary, Section } from "./binary.ts";
import { utf8, viewOf, type ByteReader } from "./byte-reader.ts";

const longestLink = 0x1_0000;

/** Contents of `.gnu_debuglink`: a file name, NULs up to a multiple of 4, a CRC-32 in the file's byte order. */
export function readDebugLink(reader: ByteReader, section: Section | undefined): Binary["debugLink"] {
  if (section === undefined || section.fileSize === 0) return undefined;
  const { offset } = section;
  const bytes = reader.bytes(offset, Math.min(section.fileSize, section.size, longestLink));
  const nameLength = bytes.indexOf(0);
  const crcAt = Math.ceil((nameLength + 1) / 4) * 4;
  if (nameLength < 0 || crcAt + 4 > bytes.length) {
    throw reader.error("malformed", `${section.name} of ${bytes.length} bytes ends too early`, offset);
  }
  return { file: utf8(bytes, 0, nameLength), crc32: viewOf(bytes).getUint32(crcAt, reader.littleEndian) };
}
