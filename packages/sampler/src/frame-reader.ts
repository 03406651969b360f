import type { Layout } from "@pyspy/layouts";
import type { ReadBatch } from "@pyspy/process";
import type { CodeObject } from "./code-object.ts";
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
  #visitedCount = 0;
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
    this.length = Math.max(...ends, interpreterFrame.stacktop ?? 0) + layout.pointerSize;
  }

  /** Starts on what was read for a slot: its chunks, and in spans from `firstOutsideSpan` on its other frames. */
  begin(slot: ThreadSlot, batch: ReadBatch, firstOutsideSpan: number): void {
    this.#slot = slot;
    this.#batch = batch;
    this.#firstOutsideSpan = firstOutsideSpan;
    this.#chunk = 0;
    this.#outside = 0;
    this.#outsideFound = [];
    this.#visitedCount = 0;
  }

  /** Addresses of all frames located outside the chunks since `begin`, in that order: next time's prediction. */
  outsideFrames(): number[] {
    const visited = this.#outsideFound;
    // Generators take turns: a few that did not run this time are looked at next time all the same.
    for (const address of this.#slot.frames) {
      if (visited.length === this.#visitedCount + KEPT_UNVISITED) break;
      if (!visited.includes(address)) visited.push(address);
    }
    return visited;
  }

  /** Address of the frame turned to. */
  get address(): number {
    return this.#address;
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
    this.#outsideFound.push(address);
    this.#visitedCount++;
    return this.#locateOutside(address) || this.#readFrame(address);
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

  /** Byte offset of the current instruction in the code; -2 before the first. */
  instruction(code: CodeObject): number {
    const offset = this.#pointer(this.#layout.interpreterFrame.instrPtr) - code.codeStart;
    // Before a frame has run, the pointer is one unit before the code; anything lower is another code's.
    return offset >= -2 ? offset : code.codeLength;
  }

  marks(code: CodeObject): number {
    const { stacktop, isEntry } = this.#layout.interpreterFrame;
    let marks: number = this.#onDataStack ? FrameMarks.onDataStack : 0;
    if (stacktop !== undefined) {
      const top = this.#view.getInt32(this.#offset + stacktop, true);
      if (top >= 0) marks |= FrameMarks.saved;
      if (top > code.localsCount) marks |= FrameMarks.holding;
    }
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
