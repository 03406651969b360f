import { bufferOf, utf8, viewOf, type ByteReader } from "../byte-reader.ts";
import type { ElfHeaders } from "./elf-headers.ts";

const NT_GNU_BUILD_ID = 3;
/** Core files have far longer notes, and no build id. */
const longestNotes = 0x1_0000;

/** Of the note sections, else of the note segments. */
export function gnuBuildId(reader: ByteReader, { sections, programs }: ElfHeaders): string | undefined {
  const inSections = sections
    .filter(({ type }) => type === "note")
    .map(({ off, size }) => ({ offset: off, size }));
  const inSegments = programs
    .filter(({ type }) => type === "note")
    .map(({ offset, filesz }) => ({ offset, size: filesz }));
  for (const { offset, size } of inSections.length > 0 ? inSections : inSegments) {
    const id = buildIdOf(reader, offset, Math.min(size, longestNotes));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Notes are padded to 4 bytes; those padded to 8 (`.note.gnu.property`) have sizes that come out the same. */
function buildIdOf(reader: ByteReader, offset: number, size: number): string | undefined {
  const bytes = reader.bytes(offset, size);
  const view = viewOf(bytes);
  let at = 0;
  while (at + 12 <= size) {
    const nameSize = view.getUint32(at, reader.littleEndian);
    const descriptorSize = view.getUint32(at + 4, reader.littleEndian);
    const type = view.getUint32(at + 8, reader.littleEndian);
    const descriptor = at + 12 + padded(nameSize);
    if (descriptor + descriptorSize > size) return undefined;
    if (type === NT_GNU_BUILD_ID && nameSize === 4 && utf8(bytes, at + 12, at + 15) === "GNU") {
      return bufferOf(bytes).toString("hex", descriptor, descriptor + descriptorSize);
    }
    at = descriptor + padded(descriptorSize);
  }
  return undefined;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}
