import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import { CycleDetector } from "./cycle-detector.ts";
import { TargetError } from "./errors.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** Read beyond the used part, for frames pushed since: what a few ordinary frames take. */
const SLACK = 512;
/** Spans start at multiples of this in a batch: one of such a length is followed by the next without a gap. */
const SPAN_ALIGNMENT = 16;
const MAX_CHUNKS = 65_536;
const MAX_CHUNK_SIZE = 64 * 1024 * 1024;
/** Of all chunks of a thread: more than the frames of a million calls take. */
const MAX_USED = 256 * 1024 * 1024;

type StackChunkLayout = NonNullable<Layout["stackChunk"]>;

/** The chunks of a thread's data stack (`_PyStackChunk`): which there are, and how much of each is in use. */
export class DataStackChunks {
  readonly #layout: Layout;
  readonly #chunk: StackChunkLayout;
  readonly #reader: MemoryReader;
  /** From the thread states read last. */
  #newest = 0;
  #top = 0;
  /** Of the chunks read last: where their bytes start in the batch, and how many came. */
  readonly #offsets: number[] = [];
  readonly #copied: number[] = [];
  readonly #cycle = new CycleDetector();

  constructor(layout: Layout, reader: MemoryReader) {
    if (!layout.stackChunk) throw new RangeError("layout without a data stack");
    this.#layout = layout;
    this.#chunk = layout.stackChunk;
    this.#reader = reader;
  }

  /** Number of spans that `addSpans` adds. */
  spansOf(slot: ThreadSlot): number {
    return slot.chunks.length === 0 ? 0 : slot.chunks.length + 1;
  }

  /**
   * Adds the used parts of all chunks. The newest chunk's goes into two spans, whose bytes follow each other: copying
   * goes page by page from the span's start, so that the innermost frames, alone in the second span, are copied within a
   * few nanoseconds of each other even where a page ends between them.
   */
  addSpans(slot: ThreadSlot, batch: ReadBatch): void {
    for (let index = 0; index < slot.chunks.length; index++) {
      const address = slot.chunks[index] as number;
      const length = slot.chunkLengths[index] as number;
      const split = index === 0 ? this.#split(slot.innermost - address, length) : 0;
      if (index === 0) batch.add(address, split);
      batch.add(address + split, length - split);
    }
  }

  offset(chunk: number): number {
    return this.#offsets[chunk] as number;
  }

  /** Bytes of the chunk that were read. */
  copied(chunk: number): number {
    return this.#copied[chunk] as number;
  }

  /** Whether the slot's chunks are still the thread's, and all that is in use was read. Adapts what to read next time. */
  match(slot: ThreadSlot, batch: ReadBatch, firstSpan: number): boolean {
    const { threadState, pointerSize } = this.#layout;
    const state = batch.offset(slot.span);
    this.#newest = pointerAt(batch.view, state + (threadState.datastackChunk as number), pointerSize);
    this.#top = pointerAt(batch.view, state + (threadState.datastackTop as number), pointerSize);
    if (this.#newest !== (slot.chunks[0] ?? 0)) return false;
    if (this.#newest === 0) return true;
    if (!this.#locate(slot, batch, firstSpan)) return false;
    for (let index = 0; index < slot.chunks.length; index++) {
      const previous = pointerAt(batch.view, this.offset(index) + this.#chunk.previous, pointerSize);
      if (previous !== (slot.chunks[index + 1] ?? 0)) return false;
    }
    return this.#fitLength(slot, batch);
  }

  /** Reads the chain of chunks anew. False when it cannot be followed. */
  learn(slot: ThreadSlot): boolean {
    clear(slot);
    try {
      if (this.#follow(slot)) return true;
    } catch (error) {
      if (!(error instanceof MemoryError || error instanceof TargetError)) throw error;
    }
    clear(slot);
    return false;
  }

  #follow(slot: ThreadSlot): boolean {
    this.#cycle.restart();
    let total = 0;
    for (let address = this.#newest; address !== 0; ) {
      if (!isObjectAddress(address) || slot.chunks.length === MAX_CHUNKS || this.#cycle.repeats(address)) return false;
      const { size, previous, top } = this.#header(address);
      const used = slot.chunks.length === 0 ? this.#top - address + SLACK : this.#chunk.data + top * this.#layout.pointerSize;
      const length = clamp(used, this.#chunk.data, size);
      total += length;
      if (total > MAX_USED) return false;
      slot.chunks.push(address);
      slot.chunkLengths.push(length);
      address = previous;
    }
    return true;
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
  #fitLength(slot: ThreadSlot, batch: ReadBatch): boolean {
    const used = this.#top - this.#newest;
    const size = pointerAt(batch.view, this.offset(0) + this.#chunk.size, this.#layout.pointerSize);
    if (used < this.#chunk.data || used > size || size > MAX_CHUNK_SIZE) return false;
    slot.chunkLengths[0] = clamp(used + SLACK, this.#chunk.data, size);
    return used <= this.copied(0);
  }

  /** Where the spans' bytes are. False when not all came. */
  #locate(slot: ThreadSlot, batch: ReadBatch, firstSpan: number): boolean {
    this.#offsets.length = 0;
    this.#copied.length = 0;
    for (let span = firstSpan; span < firstSpan + this.spansOf(slot); span++) {
      if (batch.lengthRead(span) !== batch.length(span)) return false;
      if (span === firstSpan + 1) {
        this.#copied[0] = (this.#copied[0] as number) + batch.length(span);
      } else {
        this.#offsets.push(batch.offset(span));
        this.#copied.push(batch.length(span));
      }
    }
    return true;
  }

  /** Bytes before the innermost frames; at least the header, so that there are always two spans. */
  #split(before: number, length: number): number {
    const header = roundUp(this.#chunk.data);
    const usable = before >= header && before < length ? before - (before % SPAN_ALIGNMENT) : header;
    return Math.min(usable, length - (length % SPAN_ALIGNMENT));
  }

  #header(address: number): { size: number; previous: number; top: number } {
    const view = this.#reader.view(address, this.#chunk.data);
    const field = (offset: number) => pointerAt(view, offset, this.#layout.pointerSize);
    const size = field(this.#chunk.size);
    if (size > MAX_CHUNK_SIZE) throw new TargetError(address, `data-stack chunk of ${size} bytes`);
    return { size, previous: field(this.#chunk.previous), top: field(this.#chunk.top) };
  }
}

function roundUp(length: number): number {
  return Math.ceil(length / SPAN_ALIGNMENT) * SPAN_ALIGNMENT;
}

function clear(slot: ThreadSlot): void {
  slot.chunks.length = 0;
  slot.chunkLengths.length = 0;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
