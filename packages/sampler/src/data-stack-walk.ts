import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import type { CodeCache } from "./code-cache.ts";
import { CycleDetector } from "./cycle-detector.ts";
import { DataStackChunks } from "./data-stack-chunks.ts";
import { FrameReader } from "./frame-reader.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";
import { FrameMarks } from "./stack-buffer.ts";
import { MAX_FRAMES, type StackWalk } from "./stack-walk.ts";
import type { Outcome, ThreadSlot } from "./thread-slot.ts";

/** Innermost frames that are copied together. */
const VOLATILE_FRAMES = 4;

/**
 * Frames of 3.11 and later. Those of ordinary calls lie one after the other in the thread's data stack, which is copied
 * in one span; those of generators and the shims of calls through C lie elsewhere and have spans of their own.
 *
 * The target runs on while it is read, so `current_frame`, read first, is only a hint: where the stack ended is found in
 * the copy of the data stack, which is taken at one moment. The rules are in `#isLive`, `#climbKept` and `#climbCleared`.
 */
export class DataStackWalk implements StackWalk {
  readonly #layout: Layout;
  readonly #codes: CodeCache;
  readonly #chunks: DataStackChunks;
  readonly #frame: FrameReader;
  readonly #cframeLength: number;
  readonly #cycle = new CycleDetector();
  /** Where the next frame would lie on the data stack, above those settled so far. */
  #next = 0;

  constructor(layout: Layout, reader: MemoryReader, codes: CodeCache) {
    this.#layout = layout;
    this.#codes = codes;
    this.#chunks = new DataStackChunks(layout, reader);
    this.#frame = new FrameReader(layout, reader, this.#chunks);
    this.#cframeLength = layout.cframe === undefined ? 0 : layout.cframe.currentFrame + layout.pointerSize;
  }

  bytesNeeded(slot: ThreadSlot): number {
    let bytes = this.#cframeLength + slot.frames.length * this.#frame.length;
    for (const length of slot.chunkLengths) bytes += length;
    return bytes;
  }

  spansNeeded(slot: ThreadSlot): number {
    return 1 + this.#chunks.spansOf(slot) + slot.frames.length;
  }

  addSpans(slot: ThreadSlot, batch: ReadBatch): void {
    if (this.#layout.cframe) batch.add(slot.cframe, this.#cframeLength);
    this.#chunks.addSpans(slot, batch);
    for (const frame of slot.frames) batch.add(frame, this.#frame.length);
  }

  walk(slot: ThreadSlot, batch: ReadBatch, still: boolean): Outcome {
    const current = this.#currentFrame(slot, batch);
    if (current < 0) return "stale";
    const firstChunkSpan = slot.span + (this.#layout.cframe ? 2 : 1);
    if (!this.#chunks.match(slot, batch, firstChunkSpan)) {
      return this.#chunks.learn(slot) ? "stale" : "failed";
    }
    this.#frame.begin(slot, batch, firstChunkSpan + this.#chunks.spansOf(slot));
    const outcome = this.#addCallers(slot, current);
    const settled = outcome !== "exact" || still || slot.stack.depth === 0 ? outcome : this.#settle(slot);
    slot.frames = this.#frame.outsideFrames();
    slot.innermost = innermostFrames(slot);
    return settled;
  }

  /** Address of the frame that the thread state gives as current; -1 when it has to be read again. */
  #currentFrame(slot: ThreadSlot, batch: ReadBatch): number {
    const { threadState, cframe, pointerSize } = this.#layout;
    const state = batch.offset(slot.span);
    if (!cframe) return pointerAt(batch.view, state + (threadState.currentFrame as number), pointerSize);
    const address = pointerAt(batch.view, state + (threadState.cframe as number), pointerSize);
    if (address === slot.cframe && batch.lengthRead(slot.span + 1) === this.#cframeLength) {
      return pointerAt(batch.view, batch.offset(slot.span + 1) + cframe.currentFrame, pointerSize);
    }
    slot.cframe = address;
    return -1;
  }

  /** From the hinted frame down to the outermost. */
  #addCallers(slot: ThreadSlot, current: number): Outcome {
    const { stack } = slot;
    const frame = this.#frame;
    let address = current;
    this.#cycle.restart();
    for (let count = 0; address !== 0; count++) {
      if (count === MAX_FRAMES || !isObjectAddress(address) || this.#cycle.repeats(address)) return "failed";
      if (!this.#locate(address)) return "failed";
      if (frame.isShim()) {
        if (stack.depth > 0) stack.marks[stack.end - 1] = (stack.marks[stack.end - 1] as number) | FrameMarks.entry;
        address = frame.previous();
        continue;
      }
      const executable = frame.executable();
      // From 3.14 a popped frame is cleared at once: the hint was overtaken, its caller is the better hint.
      if (executable === 0 && stack.depth === 0) {
        address = frame.previous();
        continue;
      }
      const code = this.#codes.at(executable);
      if (!code) return "failed";
      const instruction = frame.instruction(code);
      if (instruction >= code.codeLength) {
        this.#codes.forget(code);
        return "torn";
      }
      stack.addCaller(address, code.id, instruction, frame.marks(code));
      address = frame.previous();
    }
    return "exact";
  }

  #locate(address: number): boolean {
    try {
      return this.#frame.locate(address);
    } catch (error) {
      if (error instanceof MemoryError) return false;
      throw error;
    }
  }

  /** Goes back up from the outermost frame: drops what had been popped when the copy was made, adds what was pushed. */
  #settle(slot: ThreadSlot): Outcome {
    const { stack } = slot;
    this.#next = this.#chunks.firstFrame(slot);
    // A chain that ends in a generator was cut: one that has just been suspended points to nobody.
    if (((stack.marks[stack.end - 1] as number) & FrameMarks.onDataStack) === 0) return "torn";
    for (let index = stack.end - 1; index >= stack.start; index--) {
      if (index < stack.end - 1 && !this.#isLive(slot, index)) {
        stack.start = index + 1;
        break;
      }
      if (!this.#follows(slot, index)) return "torn";
    }
    return this.#layout.traits.poppedFrames === "cleared" ? this.#climbCleared(slot) : this.#climbKept(slot);
  }

  /** Whether the frame lies where the data stack had room for it; generators' frames lie anywhere. */
  #follows(slot: ThreadSlot, index: number): boolean {
    const { stack } = slot;
    if (((stack.marks[index] as number) & FrameMarks.onDataStack) === 0) return true;
    const address = stack.addresses[index] as number;
    if (address !== this.#next && !this.#chunks.isFirstOfChunk(slot, address)) return false;
    this.#next = address + this.#codes.byId(stack.codes[index] as number).frameSize;
    return true;
  }

  /**
   * Up to 3.13 a popped frame keeps its content, but its caller's value stack tells: it is saved exactly while a Python
   * function called without C runs (`stacktop` is -1 else). A call through C cannot be told from the caller: there the
   * hint is believed, unless the caller was seen in a call without C.
   */
  #isLive(slot: ThreadSlot, index: number): boolean {
    if (this.#layout.traits.poppedFrames === "cleared") return true;
    const { marks } = slot.stack;
    const callerSaved = ((marks[index + 1] as number) & FrameMarks.saved) !== 0;
    const entered = ((marks[index] as number) & FrameMarks.entry) !== 0;
    return callerSaved !== entered;
  }

  /** From 3.14 on a frame is live while it has code, and called by the one that it points back to. */
  #climbCleared(slot: ThreadSlot): Outcome {
    while (this.#addCalleeOf(slot)) continue;
    return "exact";
  }

  /**
   * Up to 3.13 the innermost frame is one whose value stack is not saved. A stack without such a frame was copied in the
   * middle of a call or return: it ends with the frame that calls, so frames just made or about to go are left out.
   */
  #climbKept(slot: ThreadSlot): Outcome {
    const { stack } = slot;
    const hinted = stack.start;
    const next = this.#next;
    while (this.#hasMark(slot, FrameMarks.saved) && this.#addCalleeOf(slot)) continue;
    if (!this.#hasMark(slot, FrameMarks.saved)) return "exact";
    stack.start = hinted;
    this.#next = next;
    // What is saved may include a generator that runs now, and was not known to when the read was made.
    if (this.#hasMark(slot, FrameMarks.holding) && !this.#locateNext(slot)) return "torn";
    while (stack.depth > 1 && this.#isMadeOrGoing(slot)) stack.start++;
    return "exact";
  }

  #isMadeOrGoing(slot: ThreadSlot): boolean {
    const { stack } = slot;
    if (!this.#hasMark(slot, FrameMarks.saved) || this.#hasMark(slot, FrameMarks.holding)) return false;
    if ((stack.instructions[stack.start] as number) <= 0) return true;
    this.#next = (stack.addresses[stack.start] as number) + this.#codes.byId(stack.codes[stack.start] as number).frameSize;
    return this.#hasMark(slot, FrameMarks.onDataStack) && !this.#locateNext(slot);
  }

  /** Whether the innermost frame has the mark. */
  #hasMark({ stack }: ThreadSlot, mark: number): boolean {
    return ((stack.marks[stack.start] as number) & mark) !== 0;
  }

  /** Turns to the frame above the innermost: next in the copy, and pointing back to it. */
  #locateNext(slot: ThreadSlot): boolean {
    const caller = slot.stack.addresses[slot.stack.start];
    const frame = this.#frame;
    return this.#next !== 0 && frame.locateInChunks(this.#next) && !frame.isShim() && frame.previous() === caller;
  }

  #addCalleeOf(slot: ThreadSlot): boolean {
    const { stack } = slot;
    const frame = this.#frame;
    if (!this.#locateNext(slot) && !frame.locateGenerator(stack.addresses[stack.start] as number)) return false;
    const executable = frame.executable();
    const code = executable === 0 ? undefined : this.#codes.at(executable);
    if (!code) return false;
    const instruction = frame.instruction(code);
    if (instruction >= code.codeLength) {
      this.#codes.forget(code);
      return false;
    }
    const marks = frame.marks(code);
    if ((marks & FrameMarks.onDataStack) !== 0) this.#next = frame.address + code.frameSize;
    return stack.addCallee(frame.address, code.id, instruction, marks);
  }
}

/** Address of the outermost of the few frames on the data stack that the next sample may find changed. */
function innermostFrames({ stack }: ThreadSlot): number {
  let address = 0;
  for (let index = stack.start, left = VOLATILE_FRAMES; index < stack.end && left > 0; index++) {
    if (((stack.marks[index] as number) & FrameMarks.onDataStack) === 0) continue;
    address = stack.addresses[index] as number;
    left--;
  }
  return address;
}
