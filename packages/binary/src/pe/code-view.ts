import { bufferOf } from "../byte-reader.ts";
import { locateRva, type PeHeaders } from "./pe-headers.ts";

const IMAGE_DIRECTORY_ENTRY_DEBUG = 6;
const IMAGE_DEBUG_TYPE_CODEVIEW = 2;
const entrySize = 28;
const mostEntries = 256;

/** GUID and age as symbol servers write them, in lower case: 32 digits, then the age without padding. */
export function codeViewId(headers: PeHeaders): string | undefined {
  const { reader, directories } = headers;
  const directory = directories[IMAGE_DIRECTORY_ENTRY_DEBUG];
  if (directory === undefined || directory.rva === 0) return undefined;
  const { offset } = locateRva(headers, directory.rva);
  const count = Math.min(mostEntries, Math.floor(directory.size / entrySize));
  for (let index = 0; index < count; index += 1) {
    const at = offset + index * entrySize;
    if (reader.u32(at + 12) !== IMAGE_DEBUG_TYPE_CODEVIEW) continue;
    const id = readRsds(headers, reader.u32(at + 24));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** `RSDS`, a GUID whose first three fields are little-endian, the age. */
function readRsds({ reader }: PeHeaders, at: number): string | undefined {
  const bytes = bufferOf(reader.bytes(at, 24));
  if (bytes.toString("latin1", 0, 4) !== "RSDS") return undefined;
  const guid = [
    hex(bytes.readUInt32LE(4), 8),
    hex(bytes.readUInt16LE(8), 4),
    hex(bytes.readUInt16LE(10), 4),
    bytes.toString("hex", 12, 20),
  ];
  return `${guid.join("")}${bytes.readUInt32LE(20).toString(16)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
