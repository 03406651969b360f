import type { Layout } from "@pyspy/layouts";
import type { ReadBatch } from "@pyspy/process";
import type { CodeCache } from "./code-cache.ts";
import { CallFit } from "./call-fit.ts";
import type { CodeObject } from "./code-object.ts";
import { DataStackChunks } from "./data-stack-chunks.ts";
import { FrameChain } from "./frame-chain.ts";
import { FrameLinks } from "./frame-links.ts";
import { FrameReader } from "./frame-reader.ts";
import { InstructionOffsets } from "./instruction-offsets.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import { FrameMarks } from "./stack-buffer.ts";
import { ReturnInstructions } from "./return-instructions.ts";
import type { StackWalk } from "./stack-walk.ts";
import type { Outcome, ThreadSlot } from "./thread-slot.ts";

/** Frames pushed while the stack was read, at most. */
const MAX_CLIMB = 64;

/**
 * Frames of 3.11 and later. Those of ordinary calls lie one after the other in the thread's data stack, which is copied
 * in one span; those of generators and the shims of calls through C lie elsewhere and have spans of their own.
 *
 * The target runs on while it is read, so `current_frame`, read first, is only a hint: where the stack ended is found in
 * the copy of the data stack, which is taken at one moment. The rules are in `#isLive`, `#isEntered` and `#endSaved`.
 *
 * Frames in bytes that are those of the last accepted read are not walked again.
 */
export class DataStackWalk implements StackWalk {
  readonly #layout: Layout;
  readonly #codes: CodeCache;
  readonly #instructions: InstructionOffsets;
  readonly #chunks: DataStackChunks;
  readonly #frame: FrameReader;
  readonly #cframeLength: number;
  /** Byte offset of the instruction of a frame that has not begun. */
  readonly #firstInstruction: number;
  readonly #chain: FrameChain = new FrameChain();
  readonly #above: FrameChain = new FrameChain();
  readonly #links: FrameLinks;
  readonly #returns: ReturnInstructions;
  readonly #calls = new CallFit();
  #isTorn = false;
  /** Where the next frame would lie on the data stack, above those settled so far. */
  #next = 0;
  /** As `KeptRead.plainDepth`, of the stack being walked. */
  #plainDepth = 0;

  constructor(layout: Layout, reader: MemoryReader, codes: CodeCache) {
    this.#layout = layout;
    this.#codes = codes;
    this.#instructions = new InstructionOffsets(layout, reader);
    this.#chunks = new DataStackChunks(layout, reader);
    this.#frame = new FrameReader(layout, reader, this.#chunks);
    this.#links = new FrameLinks(this.#frame, this.#chain);
    this.#firstInstruction = layout.cframe ? -2 : 0;
    this.#returns = new ReturnInstructions(layout, reader);
    this.#cframeLength = layout.cframe === undefined ? 0 : layout.cframe.currentFrame + layout.pointerSize;
  }

  bytesNeeded(slot: ThreadSlot): number {
    let bytes = this.#cframeLength + slot.frames.length * this.#frame.length;
    for (const length of slot.chunkLengths) bytes += length;
    return bytes;
  }

  spansNeeded(slot: ThreadSlot): number {
    return 1 + slot.chunks.length + 1 + slot.frames.length;
  }

  addSpans(slot: ThreadSlot, batch: ReadBatch): void {
    if (this.#layout.cframe) batch.add(slot.cframe, this.#cframeLength);
    this.#chunks.addSpans(slot, batch);
    for (const frame of slot.frames) batch.add(frame, this.#frame.length);
  }

  forgetCodes(): void {
    this.#calls.forget();
    this.#instructions.forget();
    this.#returns.forget();
  }

  walk(slot: ThreadSlot, batch: ReadBatch): Outcome {
    slot.stack.depth = 0;
    const current = this.#currentFrame(slot, batch);
    if (current < 0) return "stale";
    const firstChunkSpan = slot.span + (this.#layout.cframe ? 2 : 1);
    const firstOutsideSpan = firstChunkSpan + this.#chunks.spansOf(slot);
    if (!this.#chunks.match(slot, batch, firstChunkSpan)) {
      return this.#chunks.learn(slot) ? "stale" : "failed";
    }
    this.#frame.begin(slot, batch, firstOutsideSpan);
    const limit = this.#chunks.unchangedUpTo(slot, batch, firstChunkSpan);
    const outsideHolds = limit > 0 && this.#frame.outsideIsKept();
    const known = limit === 0 ? 0 : this.#knownFrames(slot, limit, outsideHolds);
    this.#isTorn = false;
    const walked = this.#walkAbove(slot, current, known);
    const outcome = walked === "exact" && this.#isTorn ? "torn" : walked;
    this.#frame.predictOutside(outsideHolds);
    this.#chunks.fitSplit(slot);
    return outcome;
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
    slot.predictions++;
    return -1;
  }

  /** How many frames of the last accepted stack, from the outermost, lie in bytes that are the same, up to `limit`. */
  #knownFrames({ stack, kept, chunks }: ThreadSlot, limit: number, outsideHolds: boolean): number {
    const newest = chunks[0] as number;
    let known = Math.min(stack.sinceKept, outsideHolds ? kept.depth : kept.plainDepth);
    for (let index = known - 1; index >= 0; index--) {
      if (((stack.marks[index] as number) & FrameMarks.onDataStack) === 0) continue;
      const address = stack.addresses[index] as number;
      const holds = address < newest || address >= newest + this.#chunks.copied(0) || address + this.#frame.length <= limit;
      if (holds) break;
      known = index;
    }
    return known;
  }

  #walkAbove(slot: ThreadSlot, current: number, known: number): Outcome {
    const base = this.#links.follow(slot, current, known);
    if (base < 0) return "failed";
    slot.stack.depth = base;
    this.#next = this.#nextAbove(slot);
    this.#plainDepth = Math.min(base, slot.kept.plainDepth);
    const outcome = this.#addChain(slot);
    slot.kept.plainDepth = this.#plainDepth;
    if (outcome !== "exact" || slot.still || slot.stack.depth === 0) return outcome;
    if (this.#climb(slot) || this.#layout.traits.poppedFrames === "cleared") return "exact";
    return this.#endSaved(slot);
  }

  /**
   * Adds the chain from its outermost frame on. What had been popped when the copy was made, though the hint said
   * otherwise, is left out.
   */
  #addChain(slot: ThreadSlot): Outcome {
    const { stack, still } = slot;
    const chain = this.#chain;
    for (let index = chain.length - 1; index >= 0; index--) {
      const marks = chain.marks[index] as number;
      const address = chain.addresses[index] as number;
      if (!still && stack.depth > 0 && !this.#isLive(slot, address, marks)) return "exact";
      const code = this.#codes.at(chain.executables[index] as number);
      if (!code) return "failed";
      const instruction = this.#instructions.offsetIn(code, chain.instructions[index] as number, chain.copies[index] as number);
      if (instruction >= code.codeLength) {
        this.#codes.recheck(code);
        return "torn";
      }
      if (!still && !this.#follows(slot, address, marks)) return "torn";
      if (!this.#calls.fits(slot, code.id, marks)) return "torn";
      if ((marks & FrameMarks.onDataStack) !== 0) this.#next = address + code.frameSize;
      if (this.#plainDepth === stack.depth && this.#isPlain(marks, stack.depth)) this.#plainDepth++;
      stack.push(address, code.id, instruction, this.#allMarks(marks, chain.stackTops[index] as number, code.localsCount));
    }
    return "exact";
  }

  /** Whether a frame lies on the data stack, and its caller called it with no shim between. */
  #isPlain(marks: number, depth: number): boolean {
    const hasShim = this.#layout.traits.shimOwner !== undefined && depth > 0 && (marks & FrameMarks.entry) !== 0;
    return (marks & FrameMarks.onDataStack) !== 0 && !hasShim;
  }

  #allMarks(marks: number, stackTop: number, localsCount: number): number {
    return stackTop > localsCount ? marks | FrameMarks.holding : marks;
  }

  /** Where a frame called by the innermost one would lie on the data stack. */
  #nextAbove(slot: ThreadSlot): number {
    const { stack } = slot;
    for (let index = stack.depth - 1; index >= 0; index--) {
      if (((stack.marks[index] as number) & FrameMarks.onDataStack) === 0) continue;
      return (stack.addresses[index] as number) + this.#codes.byId(stack.codes[index] as number).frameSize;
    }
    return this.#chunks.firstFrame(slot);
  }

  /** Whether a frame lies where the data stack had room for it; generators' frames lie anywhere. */
  #follows(slot: ThreadSlot, address: number, marks: number): boolean {
    // A chain that ends in a generator was cut: one that has just been suspended points to nobody.
    if ((marks & FrameMarks.onDataStack) === 0) return slot.stack.depth > 0;
    if (address === this.#next || this.#chunks.isFirstOfChunk(slot, address)) return true;
    return (marks & FrameMarks.entry) !== 0 && this.#isAboveDying(slot, address);
  }

  /**
   * Up to 3.13 a popped frame keeps its content. One whose value stack is not saved (`stacktop` is -1) runs. One that waits
   * has saved it, as its caller has: a value stack is saved exactly while a Python function called without C runs. A call through C cannot be told from the caller: there the
   * hint is believed, unless the caller was seen in a call without C. A finaliser is called while the frame is cleared
   * that the caller had called without C.
   */
  #isLive(slot: ThreadSlot, address: number, marks: number): boolean {
    if (this.#layout.traits.poppedFrames === "cleared" || (marks & FrameMarks.saved) === 0) return true;
    const entered = (marks & FrameMarks.entry) !== 0;
    const callerSaved = this.#hasMark(slot, FrameMarks.saved);
    return callerSaved !== entered || (entered && this.#isAboveDying(slot, address));
  }

  /**
   * Whether a frame lies above one that is being cleared: the innermost frame's callee, which is in no chain any more and
   * keeps its place on the data stack until then (`clear_thread_frame`, Python/ceval.c).
   */
  #isAboveDying(slot: ThreadSlot, address: number): boolean {
    const frame = this.#frame;
    if (!this.#locateNext(slot)) return false;
    const executable = frame.executable();
    const code = executable === 0 ? undefined : this.#codes.at(executable);
    if (!code) return false;
    const runs = (frame.marks() & FrameMarks.saved) === 0 || frame.stackTop() > code.localsCount;
    if (runs && this.#layout.traits.poppedFrames !== "cleared") return false;
    return address === this.#next + code.frameSize || this.#chunks.isFirstOfChunk(slot, address);
  }

  /**
   * Adds the frames above that the innermost one called, up to the last that by its own fields is live: what was read of its
   * caller is a moment older, and to ask both would lose those that live no longer than that. False when there is none.
   */
  #climb(slot: ThreadSlot): boolean {
    const live = this.#lookAbove(slot);
    const above = this.#above;
    for (let index = 0; index < live; index++) {
      const code = this.#codes.at(above.executables[index] as number);
      if (!code) return index > 0;
      const marks = above.marks[index] as number;
      const address = above.addresses[index] as number;
      if (!this.#calls.fits(slot, code.id, marks)) this.#isTorn = true;
      if ((marks & FrameMarks.onDataStack) !== 0) this.#next = address + code.frameSize;
      const instruction = above.instructions[index] as number;
      slot.stack.push(address, code.id, instruction, this.#allMarks(marks, above.stackTops[index] as number, code.localsCount));
    }
    return live > 0;
  }

  /** Puts into `#above` what points back to the innermost frame, and so on; returns how many of these are live. */
  #lookAbove(slot: ThreadSlot): number {
    const { stack } = slot;
    const above = this.#above;
    const frame = this.#frame;
    let caller = stack.addresses[stack.depth - 1] as number;
    let next = this.#next;
    let live = 0;
    above.length = 0;
    while (above.length < MAX_CLIMB && (this.#locateAbove(caller, next) || frame.locateGenerator(caller))) {
      const code = this.#codeOfFrame();
      if (!code) break;
      const instruction = this.#instructions.offsetIn(code, frame.instruction(), frame.copy());
      if (instruction >= code.codeLength) {
        this.#codes.recheck(code);
        break;
      }
      const marks = frame.marks();
      above.add(frame.address, code.address, instruction, frame.copy(), frame.stackTop(), marks);
      if (this.#isEntered(slot, code, instruction, marks)) live = above.length;
      caller = frame.address;
      if ((marks & FrameMarks.onDataStack) !== 0) next = caller + code.frameSize;
    }
    return live;
  }

  #codeOfFrame(): CodeObject | undefined {
    const executable = this.#frame.executable();
    return executable === 0 ? undefined : this.#codes.at(executable);
  }

  /**
   * Whether the frame turned to, which points back to its caller, is that caller's callee, though the hint did not say so.
   *
   * Up to 3.13 it is while its value stack is not saved. From 3.14 on it is while it has code: so has one that is being
   * cleared, which is at its return. One that has just been made counts, though the thread does not run it yet: a dozen
   * stores make a frame and come to memory one by one, later than the processor has gone on, so a frame's life in memory
   * would be shorter than its real one otherwise. Up to 3.13 one whose making failed stays like that until its place is
   * reused: it is no other than it was in the last sample.
   */
  #isEntered({ kept }: ThreadSlot, code: CodeObject, instruction: number, marks: number): boolean {
    const isGenerator = (marks & FrameMarks.onDataStack) === 0;
    if (this.#layout.traits.poppedFrames === "cleared") return isGenerator || !this.#returns.has(code, instruction);
    if ((marks & FrameMarks.saved) === 0) return true;
    return !isGenerator && instruction <= this.#firstInstruction && !kept.isEmpty && !this.#frame.isKept();
  }

  /**
   * Up to 3.13 the innermost frame is one whose value stack is not saved. A stack without such a frame was copied in the
   * middle of a call or return: it ends with the frame that calls, so frames just made or about to go are left out.
   */
  #endSaved(slot: ThreadSlot): Outcome {
    const { stack } = slot;
    if (!this.#hasMark(slot, FrameMarks.saved)) return "exact";
    // What is saved may include a generator that runs now, and was not known to when the read was made.
    if (this.#hasMark(slot, FrameMarks.holding) && !this.#locateNext(slot)) return "torn";
    while (stack.depth > 1 && this.#isMadeOrGoing(slot)) stack.depth--;
    return "exact";
  }

  #isMadeOrGoing(slot: ThreadSlot): boolean {
    const { stack } = slot;
    const innermost = stack.depth - 1;
    if (!this.#hasMark(slot, FrameMarks.saved) || this.#hasMark(slot, FrameMarks.holding)) return false;
    if ((stack.instructions[innermost] as number) <= 0) return true;
    this.#next = (stack.addresses[innermost] as number) + this.#codes.byId(stack.codes[innermost] as number).frameSize;
    return this.#hasMark(slot, FrameMarks.onDataStack) && !this.#locateNext(slot);
  }

  /** Whether the innermost frame has the mark. */
  #hasMark({ stack }: ThreadSlot, mark: number): boolean {
    return ((stack.marks[stack.depth - 1] as number) & mark) !== 0;
  }

  /** Turns to the frame above the innermost: next in the copy, and pointing back to it. */
  #locateNext({ stack }: ThreadSlot): boolean {
    return this.#locateAbove(stack.addresses[stack.depth - 1] as number, this.#next);
  }

  #locateAbove(caller: number, address: number): boolean {
    const frame = this.#frame;
    return address !== 0 && frame.locateInChunks(address) && !frame.isShim() && frame.previous() === caller;
  }
}
