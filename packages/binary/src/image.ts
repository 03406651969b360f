import type { Section, Segment } from "./binary.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Longest run of bytes given for an address range or a section; zero-filled ones claim any size for free. */
export const longestImageRead = 0x1000_0000;
/** More segments in one read mean a hostile file. */
const segmentsPerRead = 64;

/** Bytes of the loaded image before relocation; what segments hold beyond the file reads as zeros. */
export function readImage(
  reader: ByteReader,
  segments: readonly Segment[],
  address: number,
  length: number,
): Uint8Array {
  const pieces = piecesOf(reader, segments, address, length);
  const bytes = new Uint8Array(length);
  for (const { segment, from, done, count } of pieces) {
    const inFile = Math.min(count, segment.fileSize - from);
    if (inFile > 0) bytes.set(reader.bytes(segment.offset + from, inFile), done);
  }
  return bytes;
}

interface Piece {
  readonly segment: Segment;
  /** Distance from the segment's start. */
  readonly from: number;
  /** Bytes of the result before this piece. */
  readonly done: number;
  readonly count: number;
}

function piecesOf(reader: ByteReader, segments: readonly Segment[], address: number, length: number): Piece[] {
  checkLength(reader, length);
  const pieces: Piece[] = [];
  for (let done = 0; done < length; ) {
    const at = address + done;
    const segment = segments.find((one) => at >= one.address && at < one.address + one.size);
    if (segment === undefined) throw reader.error("unmapped", `no segment holds address 0x${at.toString(16)}`);
    if (pieces.length === segmentsPerRead) throw reader.error("too-large", "read over too many segments");
    const from = at - segment.address;
    const count = Math.min(length - done, segment.size - from);
    pieces.push({ segment, from, done, count });
    done += count;
  }
  return pieces;
}

/** All of a section's bytes: those in the file, then zeros up to its size. */
export function readSection(reader: ByteReader, section: Section): Uint8Array {
  checkLength(reader, section.size);
  const inFile = Math.min(section.fileSize, section.size);
  if (inFile === section.size) return reader.bytes(section.offset, inFile);
  const head = inFile > 0 ? reader.bytes(section.offset, inFile) : new Uint8Array(0);
  const bytes = new Uint8Array(section.size);
  bytes.set(head);
  return bytes;
}

function checkLength(reader: ByteReader, length: number): void {
  if (Number.isSafeInteger(length) && length >= 0 && length <= longestImageRead) return;
  throw reader.error("too-large", `${length} bytes asked for, ${longestImageRead} are the most`);
}
