import type { Segment } from "./binary.ts";
import type { ByteReader } from "./byte-reader.ts";

/**
 * Mappings start at whole pages, so the page that a segment starts in is often the last of the segment before
 * it too: that page's offset is mapped twice. A mapping that starts there is the later segment's, so a segment
 * whose first page is `offset` goes before one that merely contains it.
 */
export function loadBias(
  reader: ByteReader,
  segments: readonly Segment[],
  mapped: number,
  offset: number,
  pageSize: number,
): number {
  const inFile = segments.filter((segment) => segment.fileSize > 0);
  const segment =
    inFile.find((one) => pageOf(one.offset, pageSize) === offset) ??
    inFile.find((one) => offset >= one.offset && offset < one.offset + one.fileSize) ??
    inFile.find((one) => offset >= pageOf(one.offset, pageSize) && offset < one.offset + one.fileSize);
  if (segment === undefined) throw reader.error("unmapped", "no segment holds this file offset", offset);
  return mapped - (segment.address + offset - segment.offset);
}

function pageOf(offset: number, pageSize: number): number {
  return offset - (offset % pageSize);
}
