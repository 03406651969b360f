import type { ByteSource } from "@pyspy/binary";
import type { MemoryMap, ProcessMemory } from "@pyspy/process";

/**
 * A mapped file as far as it is in the process's memory, for when the file itself can be opened no more: deleted, say,
 * and its maps' links for root only. What is not mapped reads as zeros, and data as the program has changed it.
 */
export class LoadedFile implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #memory: ProcessMemory;
  readonly #maps: readonly MemoryMap[];

  /** `maps`: of one file, loaded once. */
  constructor(memory: ProcessMemory, maps: readonly MemoryMap[]) {
    this.name = maps[0]?.path ?? "";
    this.size = maps.reduce((end, map) => Math.max(end, endOffset(map)), 0);
    this.#memory = memory;
    this.#maps = maps.filter(({ readable }) => readable);
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    for (let done = 0; done < bytes.length; ) {
      const at = offset + done;
      const map = this.#maps.find((each) => at >= each.offset && at < endOffset(each));
      const end = map ? endOffset(map) : this.#nextMapped(at);
      const count = Math.min(bytes.length - done, end - at);
      if (map) bytes.set(this.#memory.read(map.start + at - map.offset, count), done);
      done += count;
    }
    return bytes;
  }

  #nextMapped(offset: number): number {
    return this.#maps.reduce((next, map) => (map.offset > offset ? Math.min(next, map.offset) : next), this.size);
  }
}

function endOffset({ start, end, offset }: MemoryMap): number {
  return offset + end - start;
}
