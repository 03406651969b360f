import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import { TargetError } from "./errors.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** Read beyond the used part, for frames pushed since: what a few ordinary frames take. */
const SLACK = 512;
const MAX_CHUNKS = 65_536;
const MAX_CHUNK_SIZE = 64 * 1024 * 1024;

type StackChunkLayout = NonNullable<Layout["stackChunk"]>;

/** The chunks of a thread's data stack (`_PyStackChunk`): which there are, and how much of each is in use. */
export class DataStackChunks {
  readonly #layout: Layout;
  readonly #chunk: StackChunkLayout;
  readonly #reader: MemoryReader;
  /** From the thread states read last. */
  #newest = 0;
  #top = 0;

  constructor(layout: Layout, reader: MemoryReader) {
    if (!layout.stackChunk) throw new RangeError("layout without a data stack");
    this.#layout = layout;
    this.#chunk = layout.stackChunk;
    this.#reader = reader;
  }

  /** Whether the slot's chunks are still the thread's, and all that is in use was read. Adapts what to read next time. */
  match(slot: ThreadSlot, batch: ReadBatch, firstSpan: number): boolean {
    const { threadState, pointerSize } = this.#layout;
    const state = batch.offset(slot.span);
    this.#newest = pointerAt(batch.view, state + (threadState.datastackChunk as number), pointerSize);
    this.#top = pointerAt(batch.view, state + (threadState.datastackTop as number), pointerSize);
    if (this.#newest !== (slot.chunks[0] ?? 0)) return false;
    if (this.#newest === 0) return true;
    for (let index = 0; index < slot.chunks.length; index++) {
      const span = firstSpan + index;
      if (batch.lengthRead(span) !== batch.length(span)) return false;
      const previous = pointerAt(batch.view, batch.offset(span) + this.#chunk.previous, pointerSize);
      if (previous !== (slot.chunks[index + 1] ?? 0)) return false;
    }
    return this.#fitLength(slot, batch, firstSpan);
  }

  /** Reads the chain of chunks anew. False when it cannot be followed. */
  learn(slot: ThreadSlot): boolean {
    slot.chunks.length = 0;
    slot.chunkLengths.length = 0;
    try {
      for (let address = this.#newest; address !== 0; ) {
        if (!isObjectAddress(address) || slot.chunks.length === MAX_CHUNKS) return false;
        const { size, previous, top } = this.#header(address);
        const used = slot.chunks.length === 0 ? this.#top - address + SLACK : this.#chunk.data + top * this.#layout.pointerSize;
        slot.chunks.push(address);
        slot.chunkLengths.push(clamp(used, this.#chunk.data, size));
        address = previous;
      }
      return true;
    } catch (error) {
      if (error instanceof MemoryError || error instanceof TargetError) return false;
      throw error;
    }
  }

  /** Address of the outermost frame: the root chunk leaves out its first word (`push_chunk`, Python/pystate.c). */
  firstFrame(slot: ThreadSlot): number {
    const root = slot.chunks.at(-1);
    return root === undefined ? 0 : root + this.#chunk.data + this.#layout.pointerSize;
  }

  isFirstOfChunk(slot: ThreadSlot, address: number): boolean {
    const { chunks } = slot;
    for (let index = 0; index + 1 < chunks.length; index++) {
      if (address === (chunks[index] as number) + this.#chunk.data) return true;
    }
    return false;
  }

  /** Whether the newest chunk was read up to its top; sets how much to read next time. */
  #fitLength(slot: ThreadSlot, batch: ReadBatch, firstSpan: number): boolean {
    const used = this.#top - this.#newest;
    const size = pointerAt(batch.view, batch.offset(firstSpan) + this.#chunk.size, this.#layout.pointerSize);
    if (used < this.#chunk.data || used > size || size > MAX_CHUNK_SIZE) return false;
    slot.chunkLengths[0] = clamp(used + SLACK, this.#chunk.data, size);
    return used <= batch.length(firstSpan);
  }

  #header(address: number): { size: number; previous: number; top: number } {
    const view = this.#reader.view(address, this.#chunk.data);
    const field = (offset: number) => pointerAt(view, offset, this.#layout.pointerSize);
    const size = field(this.#chunk.size);
    if (size > MAX_CHUNK_SIZE) throw new TargetError(address, `data-stack chunk of ${size} bytes`);
    return { size, previous: field(this.#chunk.previous), top: field(this.#chunk.top) };
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
