import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import type { CodeCache } from "./code-cache.ts";
import { CycleDetector } from "./cycle-detector.ts";
import { FrameChain } from "./frame-chain.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";
import { MAX_FRAMES, type StackWalk } from "./stack-walk.ts";
import type { Outcome, ThreadSlot } from "./thread-slot.ts";

const BYTES_PER_UNIT = 2;
/** `f_state` of a frame that runs, in 3.10. */
const FRAME_EXECUTING = 0;

/**
 * Frames up to 3.10: heap objects, each pointing back to its caller. Last sample's addresses are read in one call; the
 * chain is followed through them, and frames that are new are read one by one and remembered.
 *
 * The target runs on while it is read: frames that returned meanwhile say that they do not run and are left out, and a
 * chain that ends before the thread's outermost frame was cut by a frame that was freed.
 */
export class FrameObjectWalk implements StackWalk {
  readonly #layout: Layout;
  readonly #reader: MemoryReader;
  readonly #codes: CodeCache;
  /** A span covers the fields from `previous` on. */
  readonly #first: number;
  readonly #length: number;
  readonly #chain: FrameChain = new FrameChain();
  readonly #cycle = new CycleDetector();
  #cursor = 0;
  #view!: DataView;
  /** Where the frame would start in the view, had all of it been read. */
  #base = 0;

  constructor(layout: Layout, reader: MemoryReader, codes: CodeCache) {
    const { previous, executable, instrPtr, state } = layout.interpreterFrame;
    this.#layout = layout;
    this.#reader = reader;
    this.#codes = codes;
    this.#first = Math.min(previous, executable);
    this.#length = Math.max(instrPtr, state ?? 0) + 4 - this.#first;
  }

  bytesNeeded(slot: ThreadSlot): number {
    return slot.frames.length * this.#length;
  }

  spansNeeded(slot: ThreadSlot): number {
    return slot.frames.length;
  }

  addSpans(slot: ThreadSlot, batch: ReadBatch): void {
    for (const frame of slot.frames) batch.add(frame + this.#first, this.#length);
  }

  forgetCodes(): void {}

  walk(slot: ThreadSlot, batch: ReadBatch): Outcome {
    const { threadState, pointerSize } = this.#layout;
    const current = pointerAt(batch.view, batch.offset(slot.span) + (threadState.frame as number), pointerSize);
    const visited: number[] = [];
    const outcome = this.#follow(slot, batch, current, visited);
    if (!isSameList(slot.frames, visited)) {
      slot.frames = visited;
      slot.predictions++;
    }
    this.#addFrames(slot);
    if (outcome !== "exact" || slot.stack.depth === 0) return outcome;
    const outermost = slot.stack.addresses[0] as number;
    if (slot.still || outermost === slot.outermost) return "exact";
    // Believed the second time: a freed frame's place is soon reused or its link overwritten.
    slot.outermost = outermost;
    return "stale";
  }

  #follow(slot: ThreadSlot, batch: ReadBatch, current: number, visited: number[]): Outcome {
    const chain = this.#chain;
    chain.length = 0;
    this.#cursor = 0;
    this.#cycle.restart();
    for (let address = current; address !== 0; address = this.#pointer(this.#layout.interpreterFrame.previous)) {
      if (visited.length === MAX_FRAMES || !isObjectAddress(address) || this.#cycle.repeats(address)) return "failed";
      if (!this.#locate(slot, batch, address)) return "failed";
      visited.push(address);
      const running = this.#isRunning();
      if (!running && chain.length === 0) continue;
      if (!running) return "torn";
      const code = this.#codes.at(this.#pointer(this.#layout.interpreterFrame.executable));
      if (!code) return "failed";
      const instruction = this.#instruction();
      if (instruction >= code.codeLength) {
        this.#codes.recheck(code);
        return "torn";
      }
      chain.add(address, code.id, instruction, 0, 0, 0);
    }
    return "exact";
  }

  #addFrames({ stack }: ThreadSlot): void {
    const chain = this.#chain;
    stack.depth = 0;
    for (let index = chain.length - 1; index >= 0; index--) {
      stack.push(chain.addresses[index] as number, chain.executables[index] as number, chain.instructions[index] as number, 0);
    }
  }

  #locate(slot: ThreadSlot, batch: ReadBatch, address: number): boolean {
    const { frames } = slot;
    for (let index = this.#cursor; index < frames.length; index++) {
      if (frames[index] !== address) continue;
      const span = slot.span + 1 + index;
      this.#cursor = index + 1;
      if (batch.lengthRead(span) !== this.#length) return false;
      this.#view = batch.view;
      this.#base = batch.offset(span) - this.#first;
      return true;
    }
    return this.#read(address);
  }

  #read(address: number): boolean {
    try {
      this.#view = this.#reader.view(address + this.#first, this.#length);
      this.#base = -this.#first;
      return true;
    } catch (error) {
      if (error instanceof MemoryError) return false;
      throw error;
    }
  }

  #isRunning(): boolean {
    const { interpreterFrame, traits } = this.#layout;
    if (interpreterFrame.state === undefined) return true;
    const state = this.#view.getInt8(this.#base + interpreterFrame.state);
    return traits.frameState === "state-enum" ? state === FRAME_EXECUTING : state === 1;
  }

  #instruction(): number {
    const lasti = this.#view.getInt32(this.#base + this.#layout.interpreterFrame.instrPtr, true);
    return this.#layout.traits.instruction === "lasti-units" ? lasti * BYTES_PER_UNIT : lasti;
  }

  #pointer(field: number): number {
    return pointerAt(this.#view, this.#base + field, this.#layout.pointerSize);
  }
}

function isSameList(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
