import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import { CycleDetector } from "./cycle-detector.ts";
import { TargetError } from "./errors.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";
import { FrameMarks } from "./stack-buffer.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** Read beyond the used part, for frames pushed since: what a few ordinary frames take; at least, newly set, at most. */
const MIN_SLACK = 256;
const SLACK = 768;
const MAX_SLACK = 2048;
/** Innermost frames that are copied together: at least, newly set, at most. */
const MIN_VOLATILE = 2;
const VOLATILE = 4;
const MAX_VOLATILE = 8;
/** Spans start at multiples of this in a batch: one of such a length is followed by the next without a gap. */
const SPAN_ALIGNMENT = 16;
/** The smallest there are. */
const PAGE = 4096;
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

  /** Number of spans that `addSpans` added. */
  spansOf(slot: ThreadSlot): number {
    return slot.chunks.length === 0 ? 0 : slot.chunks.length + (this.#isSplit(slot) ? 1 : 0);
  }

  /**
   * Adds the used parts of all chunks, the newest one's last. Copying goes page by page from a span's start: where a page
   * ends among the innermost frames, these have a span of their own, so that they are copied within a few nanoseconds of
   * each other all the same. Its bytes follow those before.
   */
  addSpans(slot: ThreadSlot, batch: ReadBatch): void {
    const { chunks, chunkLengths } = slot;
    if (chunks.length === 0) return;
    for (let index = chunks.length - 1; index > 0; index--) batch.add(chunks[index] as number, chunkLengths[index] as number);
    const [newest, length] = [chunks[0] as number, chunkLengths[0] as number];
    slot.split = this.#splitOf(slot, length);
    if (!this.#isSplit(slot)) return void batch.add(newest, length);
    batch.add(newest, slot.split);
    batch.add(newest + slot.split, length - slot.split);
  }

  /** Whether a page ends in the newest chunk between its split and its end. */
  #isSplit({ chunks, chunkLengths, split }: ThreadSlot): boolean {
    const newest = chunks[0] as number;
    return Math.floor((newest + split) / PAGE) !== Math.floor((newest + (chunkLengths[0] as number) - 1) / PAGE);
  }

  /**
   * The address in the newest chunk up to which all chunks hold the bytes that were kept from an earlier read; 0 when
   * they differ. `firstSpan` is that of the chunks.
   */
  unchangedUpTo(slot: ThreadSlot, batch: ReadBatch, firstSpan: number): number {
    const { kept, chunks } = slot;
    if (kept.isEmpty || kept.chunkChanges !== slot.chunkChanges || chunks.length === 0) return 0;
    const start = batch.offset(firstSpan);
    const common = Math.min(slot.readSplit, kept.split);
    const end = this.offset(0) + common;
    return kept.equalsPart(batch.bytes, start, end, start - batch.offset(slot.span)) ? (chunks[0] as number) + common : 0;
  }

  /** Sets the split anew when there are too few or too many innermost frames above it. */
  fitSplit(slot: ThreadSlot): void {
    const { stack, chunks } = slot;
    const newest = chunks[0] ?? 0;
    let volatile = 0;
    let lowest = newest;
    for (let index = stack.depth - 1, count = 0; index >= 0 && volatile <= MAX_VOLATILE; index--) {
      if (((stack.marks[index] as number) & FrameMarks.onDataStack) === 0) continue;
      const address = stack.addresses[index] as number;
      if (address < newest || address >= newest + (slot.chunkLengths[0] as number)) break;
      if (count++ < VOLATILE) lowest = address;
      if (address < newest + slot.split) break;
      volatile++;
    }
    if (volatile >= MIN_VOLATILE && volatile <= MAX_VOLATILE) return;
    const split = Math.max(lowest - newest - ((lowest - newest) % SPAN_ALIGNMENT), roundUp(this.#chunk.data));
    if (split === slot.split) return;
    slot.split = split;
    slot.predictions++;
  }

  /** Bytes of the newest chunk before its innermost frames: at least its header. */
  #splitOf(slot: ThreadSlot, length: number): number {
    return Math.min(Math.max(slot.split, roundUp(this.#chunk.data)), length - (length % SPAN_ALIGNMENT));
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
    slot.predictions++;
    slot.chunkChanges++;
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
    const length = slot.chunkLengths[0] as number;
    const size = pointerAt(batch.view, this.offset(0) + this.#chunk.size, this.#layout.pointerSize);
    if (used < this.#chunk.data || used > size || size > MAX_CHUNK_SIZE) return false;
    if (used + MIN_SLACK > length || used + MAX_SLACK < length) {
      slot.chunkLengths[0] = clamp(roundUp(used + SLACK), this.#chunk.data, size);
      if (slot.chunkLengths[0] !== length) slot.predictions++;
    }
    return used <= this.copied(0);
  }

  /** Where the spans' bytes are. False when not all came. */
  #locate(slot: ThreadSlot, batch: ReadBatch, firstSpan: number): boolean {
    const count = slot.chunks.length;
    this.#offsets.length = count;
    this.#copied.length = count;
    for (let span = firstSpan; span < firstSpan + this.spansOf(slot); span++) {
      const length = batch.length(span);
      if (batch.lengthRead(span) !== length) return false;
      const chunk = count - 1 - (span - firstSpan);
      if (chunk < 0) {
        this.#copied[0] = (this.#copied[0] as number) + length;
      } else {
        this.#offsets[chunk] = batch.offset(span);
        this.#copied[chunk] = length;
      }
    }
    return true;
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
  slot.split = 0;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
