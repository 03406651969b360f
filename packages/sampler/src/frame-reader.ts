import type { Layout } from "@pyspy/layouts";
import type { ReadBatch } from "@pyspy/process";
import type { DataStackChunks } from "./data-stack-chunks.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import { FrameMarks } from "./stack-buffer.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** Generators' frames to read though they were not in the last stack. */
const KEPT_UNVISITED = 4;

/** The fields of one `_PyInterpreterFrame` after the other, wherever in what was read, or elsewhere, it lies. */
export class FrameReader {
  /** Bytes of a frame up to the last field that is read. */
  readonly length: number;
  readonly #layout: Layout;
  readonly #memory: MemoryReader;
  #slot!: ThreadSlot;
  #batch!: ReadBatch;
  readonly #chunks: DataStackChunks;
  #firstOutsideSpan = 0;
  /** Chunk and outside frame that were hit last: the next is mostly the same, or the one after. */
  #chunk = 0;
  #outside = 0;
  #outsideFound: number[] = [];
  /** Frames that were not among those read. */
  #missed = 0;
  #address = 0;
  #view!: DataView;
  #offset = 0;
  #onDataStack = false;

  constructor(layout: Layout, memory: MemoryReader, chunks: DataStackChunks) {
    const { interpreterFrame } = layout;
    this.#layout = layout;
    this.#memory = memory;
    this.#chunks = chunks;
    const ends = [interpreterFrame.previous, interpreterFrame.executable, interpreterFrame.instrPtr, interpreterFrame.owner ?? 0];
    this.length = Math.max(...ends, interpreterFrame.stacktop ?? 0, interpreterFrame.tlbcIndex ?? 0) + layout.pointerSize;
  }

  /** Starts on what was read for a slot: its chunks, and in spans from `firstOutsideSpan` on its other frames. */
  begin(slot: ThreadSlot, batch: ReadBatch, firstOutsideSpan: number): void {
    this.#slot = slot;
    this.#batch = batch;
    this.#firstOutsideSpan = firstOutsideSpan;
    this.#chunk = 0;
    this.#outside = 0;
    this.#outsideFound.length = 0;
    this.#missed = 0;
  }

  /**
   * Makes the frames located outside the chunks since `begin` those to read next time. Generators take turns: a few that
   * did not run this time are read next time all the same; `all`: so are all others that were read.
   */
  predictOutside(all: boolean): void {
    const { frames } = this.#slot;
    const visited = this.#outsideFound;
    const most = all ? Number.POSITIVE_INFINITY : visited.length + KEPT_UNVISITED;
    if (this.#missed === 0 && frames.length <= most) return;
    for (const address of frames) {
      if (visited.length === most) break;
      if (!visited.includes(address)) visited.push(address);
    }
    this.#slot.frames = visited;
    this.#slot.predictions++;
    this.#outsideFound = [];
  }

  /** Address of the frame turned to. */
  get address(): number {
    return this.#address;
  }

  /** Whether the frame turned to, on the data stack, is byte by byte what the last accepted read brought. */
  isKept(): boolean {
    const { kept, span, readPredictions } = this.#slot;
    if (!this.#onDataStack || kept.predictions !== readPredictions) return false;
    const start = this.#offset;
    return kept.equalsPart(this.#batch.bytes, start, start + this.length, start - this.#batch.offset(span));
  }

  /** Whether the frames outside the chunks are those of the last accepted read, byte by byte. */
  outsideIsKept(): boolean {
    const { kept, predictions, span, spanEnd } = this.#slot;
    if (kept.predictions !== predictions) return false;
    if (this.#firstOutsideSpan === spanEnd) return true;
    const start = this.#batch.offset(this.#firstOutsideSpan);
    const end = this.#batch.offset(spanEnd - 1) + this.#batch.length(spanEnd - 1);
    return kept.equalsPart(this.#batch.bytes, start, end, start - this.#batch.offset(span));
  }

  /** Turns to a generator's frame, among those read, that was called by another. False when there is none. */
  locateGenerator(caller: number): boolean {
    const { frames } = this.#slot;
    for (let index = 0; index < frames.length; index++) {
      const span = this.#firstOutsideSpan + index;
      if (this.#batch.lengthRead(span) !== this.length) continue;
      this.#turnTo(this.#batch.view, this.#batch.offset(span), false);
      if (this.previous() !== caller || this.isShim()) continue;
      this.#address = frames[index] as number;
      return true;
    }
    return false;
  }

  /** Turns to the frame at an address. False when it cannot be read. */
  locate(address: number): boolean {
    if (this.locateInChunks(address)) return true;
    this.#address = address;
    this.#outsideFound.push(address);
    if (this.#locateOutside(address)) return true;
    this.#missed++;
    return this.#readFrame(address);
  }

  locateInChunks(address: number): boolean {
    const { chunks } = this.#slot;
    for (let tries = 0; tries < chunks.length; tries++) {
      const distance = address - (chunks[this.#chunk] as number);
      if (distance >= 0 && distance + this.length <= this.#chunks.copied(this.#chunk)) {
        this.#turnTo(this.#batch.view, this.#chunks.offset(this.#chunk) + distance, true);
        this.#address = address;
        return true;
      }
      this.#chunk = this.#chunk + 1 === chunks.length ? 0 : this.#chunk + 1;
    }
    return false;
  }

  isShim(): boolean {
    const { traits, interpreterFrame } = this.#layout;
    if (traits.shimOwner === undefined) return false;
    return this.#view.getUint8(this.#offset + (interpreterFrame.owner as number)) >= traits.shimOwner;
  }

  previous(): number {
    return this.#pointer(this.#layout.interpreterFrame.previous);
  }

  /** Address of the code object, without tags; 0 when cleared. */
  executable(): number {
    const pointer = this.#pointer(this.#layout.interpreterFrame.executable);
    return pointer - (pointer & 3);
  }

  /** Address of the current instruction. */
  instruction(): number {
    return this.#pointer(this.#layout.interpreterFrame.instrPtr);
  }

  /** Which copy of its bytecode the frame runs; 0, the code object's own, where there is no other. */
  copy(): number {
    const { tlbcIndex } = this.#layout.interpreterFrame;
    return tlbcIndex === undefined ? 0 : this.#view.getInt32(this.#offset + tlbcIndex, true);
  }

  stackTop(): number {
    const { stacktop } = this.#layout.interpreterFrame;
    return stacktop === undefined ? 0 : this.#view.getInt32(this.#offset + stacktop, true);
  }

  /** `FrameMarks`, without those that take the code to know. */
  marks(): number {
    const { stacktop, isEntry } = this.#layout.interpreterFrame;
    let marks: number = this.#onDataStack ? FrameMarks.onDataStack : 0;
    if (stacktop !== undefined && this.stackTop() >= 0) marks |= FrameMarks.saved;
    if (isEntry !== undefined && this.#view.getUint8(this.#offset + isEntry) !== 0) marks |= FrameMarks.entry;
    return marks;
  }

  #locateOutside(address: number): boolean {
    const { frames } = this.#slot;
    for (let tries = 0; tries < frames.length; tries++) {
      const index = (this.#outside + tries) % frames.length;
      if (frames[index] !== address) continue;
      const span = this.#firstOutsideSpan + index;
      if (this.#batch.lengthRead(span) !== this.length) return false;
      this.#outside = index + 1;
      this.#turnTo(this.#batch.view, this.#batch.offset(span), false);
      return true;
    }
    return false;
  }

  #readFrame(address: number): boolean {
    this.#turnTo(this.#memory.view(address, this.length), 0, false);
    return true;
  }

  #turnTo(view: DataView, offset: number, onDataStack: boolean): void {
    this.#view = view;
    this.#offset = offset;
    this.#onDataStack = onDataStack;
  }

  #pointer(field: number): number {
    return pointerAt(this.#view, this.#offset + field, this.#layout.pointerSize);
  }
}
