import type { ByteSource } from "./byte-source.ts";

/** A source over bytes in memory. Reads are copies, so the caller may keep or change them. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => Uint8Array.prototype.slice.call(bytes, offset, offset + Math.max(0, length)),
  };
}
