import type { ByteSource } from "@pyspy/binary";

export interface CountingSource extends ByteSource {
  bytesRead: number;
  reads: number;
}

export function counting(source: ByteSource): CountingSource {
  return {
    name: source.name,
    size: source.size,
    bytesRead: 0,
    reads: 0,
    read(offset, length) {
      const bytes = source.read(offset, length);
      this.bytesRead += bytes.length;
      this.reads += 1;
      return bytes;
    },
  };
}

export interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array | readonly number[];
}

/** A source with some bytes changed, without a copy of the others, and perhaps cut short. */
export function patched(source: ByteSource, patches: readonly Patch[], size: number = source.size): ByteSource {
  return {
    name: `${source.name} (patched)`,
    size,
    read(offset, length) {
      const bytes = source.read(offset, Math.max(0, Math.min(length, size - offset)));
      for (const patch of patches) {
        for (const [index, byte] of patch.bytes.entries()) {
          const at = patch.offset + index - offset;
          if (at >= 0 && at < bytes.length) bytes[at] = byte;
        }
      }
      return bytes;
    },
  };
}
