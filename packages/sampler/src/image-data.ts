import type { Image } from "./image.ts";
import type { MemoryReader } from "./memory-reader.ts";

const CHUNK = 4 * 1024 * 1024;
const MAX_SCANNED = 256 * 1024 * 1024;

export interface DataChunk {
  /** In the process. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * An image's writable data (`.data`, `.bss` and their kin) as it is in the process, in parts of whole words; `overlap`
 * bytes, a multiple of 8, are in two parts that follow each other.
 */
export function* dataOf(image: Image, reader: MemoryReader, overlap = 0): Iterable<DataChunk> {
  let scanned = 0;
  for (const { start, end } of image.binary.dataRanges()) {
    for (let at = start - (start % 8); at < end && scanned < MAX_SCANNED; at += CHUNK - overlap) {
      const address = image.loaded(at);
      const bytes = reader.prefix(address, Math.min(CHUNK, end - at));
      scanned += bytes.length;
      if (bytes.length > 0) yield { address, bytes };
    }
  }
}

/** Bytes of writable data that the file declares. */
export function dataSize(image: Image): number {
  return image.binary.dataRanges().reduce((sum, { start, end }) => sum + end - start, 0);
}
