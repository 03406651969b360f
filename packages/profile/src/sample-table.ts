import type { StackId, ThreadId } from "./profile.ts";
import type { SampleBlocks } from "./sample-blocks.ts";
import {
  CPU_TIME,
  EARLIER,
  FLAGS,
  LATER,
  LONGEST_CODE,
  LONGEST_RUN,
  MAX_WHOLE_WEIGHT,
  RESET,
  RUN,
  STACK,
  THREAD,
  toUnits,
  WEIGHT,
  writeFloat,
  writeNumber,
} from "./sample-code.ts";
import { ThreadPredictions } from "./thread-predictions.ts";

const BLOCK_LENGTH = 65_536;
/** Shorter blocks of others are copied into ours, so that many small ones do not take more memory than is in them. */
const SHORT_BLOCK = BLOCK_LENGTH / 4;
const FIRST_THREADS = 16;

/**
 * Samples, coded, in blocks that are never moved nor changed but at their end. Adding one allocates nothing but, now and
 * then, the next block.
 */
export class SampleTable {
  #count = 0;
  #full: Uint8Array[] = [];
  /** Being filled. */
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  /** Up to here there is room for a sample; -1 where the next has to be coded without those before it. */
  #limit = -1;
  /** Place of the byte that says how many samples were as predicted, if that was the last that was written; else -1. */
  #runAt = -1;
  readonly #predictions = new ThreadPredictions(FIRST_THREADS);
  #thread: ThreadId = 0;
  #units = 0;
  #weight = 0;

  /** Number of samples. */
  get size(): number {
    return this.#count;
  }

  /** Numbers must be in range. */
  add(thread: ThreadId, stack: StackId, time: number, weight: number, flags: number, cpuTime: number): void {
    if (this.#at > this.#limit) this.#start();
    const predictions = this.#predictions;
    if (thread >= predictions.capacity) predictions.growFor(thread);
    // From 2^53 on, differences are rounded: the cursor's sum of them is what the next is told from
    const difference = toUnits(time) - this.#units;
    const cpuUnits = cpuTime === 0 ? 0 : toUnits(cpuTime);
    const single = Math.fround(weight);
    const byte = flags & 0xff;
    let head = 0;
    if (predictions.next[this.#thread] !== thread) head |= THREAD;
    if (difference > 0) head |= LATER;
    else if (difference < 0) head |= EARLIER;
    if (predictions.stacks[thread] !== stack) head |= STACK;
    if (predictions.flags[thread] !== byte) head |= FLAGS;
    if (single !== this.#weight) head |= WEIGHT;
    if (cpuUnits !== 0) head |= CPU_TIME;
    this.#count++;
    if (head === 0) {
      this.#thread = thread;
      this.#addPredicted();
    } else {
      this.#units += difference;
      this.#addCoded(head, thread, stack, Math.abs(difference), single, byte, cpuUnits);
    }
  }

  /** The samples there are, without a copy: good until they are taken. */
  view(): SampleBlocks {
    return { count: this.#count, blocks: [...this.#full, this.#bytes.subarray(0, this.#at)] };
  }

  /** A copy of all. */
  copy(): SampleBlocks {
    return { count: this.#count, blocks: [...this.#full.map((block) => block.slice()), this.#bytes.slice(0, this.#at)] };
  }

  /** All samples; the table is empty afterwards. */
  take(): SampleBlocks {
    const taken = { count: this.#count, blocks: [...this.#full, this.#bytes.slice(0, this.#at)] };
    this.#count = 0;
    this.#full = [];
    this.#at = 0;
    this.#forget();
    return taken;
  }

  /** Puts valid samples behind those there are. The table takes over the blocks. */
  append({ count, blocks }: SampleBlocks): void {
    this.#forget();
    for (const block of blocks) {
      if (block.length < SHORT_BLOCK) this.#appendShort(block);
      else {
        this.#close();
        this.#full.push(block);
      }
    }
    this.#count += count;
  }

  #addPredicted(): void {
    if (this.#runAt >= 0 && this.#bytes[this.#runAt]! < RUN + LONGEST_RUN - 1) {
      this.#bytes[this.#runAt]!++;
      return;
    }
    this.#runAt = this.#at;
    this.#bytes[this.#at++] = RUN;
  }

  /** Its numbers are mostly small: as arguments, large ones would be allocated. */
  #addCoded(head: number, thread: ThreadId, stack: StackId, difference: number, weight: number, flags: number, cpuUnits: number): void {
    const bytes = this.#bytes;
    const predictions = this.#predictions;
    let at = this.#at;
    bytes[at++] = head;
    if ((head & THREAD) !== 0) at = writeNumber(bytes, at, (predictions.next[this.#thread] = thread));
    if (difference > 0) at = writeNumber(bytes, at, difference);
    if ((head & STACK) !== 0) at = writeNumber(bytes, at, (predictions.stacks[thread] = stack));
    if ((head & FLAGS) !== 0) bytes[at++] = predictions.flags[thread] = flags;
    if ((head & WEIGHT) !== 0) at = writeWeight(bytes, at, weight);
    if ((head & CPU_TIME) !== 0) at = writeNumber(bytes, at, cpuUnits);
    this.#at = at;
    this.#runAt = -1;
    this.#thread = thread;
    this.#weight = weight;
  }

  /** Makes room, and forgets what was before. */
  #start(): void {
    if (this.#at > this.#bytes.length - LONGEST_CODE) {
      this.#close();
      this.#bytes = new Uint8Array(BLOCK_LENGTH);
    } else if (this.#at > 0) this.#bytes[this.#at++] = RESET;
    this.#limit = this.#bytes.length - LONGEST_CODE;
    this.#runAt = -1;
    this.#predictions.reset();
    this.#thread = 0;
    this.#units = 0;
    this.#weight = 0;
  }

  /** What is coded next does not build upon what was before. */
  #forget(): void {
    this.#limit = -1;
  }

  #appendShort(block: Uint8Array): void {
    if (this.#at + 1 + block.length > this.#bytes.length) {
      this.#close();
      this.#bytes = new Uint8Array(BLOCK_LENGTH);
    }
    if (this.#at > 0) this.#bytes[this.#at++] = RESET;
    this.#bytes.set(block, this.#at);
    this.#at += block.length;
  }

  /** Ends the block that is being filled. */
  #close(): void {
    if (this.#at > 0) this.#full.push(this.#bytes.subarray(0, this.#at));
    this.#bytes = new Uint8Array();
    this.#at = 0;
  }
}

function writeWeight(bytes: Uint8Array, at: number, weight: number): number {
  if (weight <= MAX_WHOLE_WEIGHT && Number.isInteger(weight)) return writeNumber(bytes, at, weight + 1);
  bytes[at] = 0;
  return writeFloat(bytes, at + 1, weight);
}
