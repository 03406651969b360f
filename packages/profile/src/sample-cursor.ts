import type { Sample, StackId, ThreadId } from "./profile.ts";
import type { SampleBlocks } from "./sample-blocks.ts";
import {
  CPU_TIME,
  EARLIER,
  FLAGS,
  LATER,
  MAX_WHOLE_WEIGHT,
  readFloat,
  RESET,
  RUN,
  STACK,
  THREAD,
  UNITS_PER_SECOND,
  WEIGHT,
} from "./sample-code.ts";
import { ThreadPredictions } from "./thread-predictions.ts";

/**
 * Goes through samples in the order they were added, without allocation: after each `next()` that returned true, the
 * fields are the next sample's. Or, an object for each sample: `for (const sample of profile.samples())`, which goes on from
 * where `next` is.
 */
export class SampleCursor implements Sample {
  readonly #blocks: readonly Uint8Array[];
  readonly #predictions: ThreadPredictions;
  /** Samples to come; more than there are if that is not known. */
  #left: number;
  #nextBlock = 0;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  /** Predicted samples to come. */
  #run = 0;
  #thread: ThreadId = 0;
  #stack: StackId = 0;
  /** Since the start, in units. */
  #units = 0;
  #weight = 0;
  #flags = 0;
  #cpuUnits = 0;

  /** Of samples whose threads are below `threadCount`. */
  constructor({ count, blocks }: SampleBlocks, threadCount: number) {
    this.#left = count;
    this.#blocks = blocks;
    this.#predictions = new ThreadPredictions(threadCount);
  }

  get thread(): ThreadId {
    return this.#thread;
  }

  get stack(): StackId {
    return this.#stack;
  }

  get time(): number {
    return this.#units / UNITS_PER_SECOND;
  }

  get weight(): number {
    return this.#weight;
  }

  get flags(): number {
    return this.#flags;
  }

  get cpuTime(): number {
    return this.#cpuUnits / UNITS_PER_SECOND;
  }

  /** Whether the block ends within the code of the sample: such data is none. */
  get isCutOff(): boolean {
    return this.#at > this.#bytes.length;
  }

  /** Goes to the next sample; false if there is none. */
  next(): boolean {
    if (this.#left <= 0) return false;
    this.#left--;
    if (this.#run > 0) {
      this.#run--;
      this.#takePredicted();
      return true;
    }
    const head = this.#readHead();
    if (head < 0) return false;
    if (head >= RUN) {
      this.#run = head - RUN;
      this.#takePredicted();
    } else this.#takeCoded(head);
    return true;
  }

  *[Symbol.iterator](): Generator<Sample, void, undefined> {
    while (this.next()) {
      const { thread, stack, time, weight, flags, cpuTime } = this;
      yield { thread, stack, time, weight, flags, cpuTime };
    }
  }

  #takePredicted(): void {
    const { next, stacks, flags } = this.#predictions;
    const thread = next[this.#thread]!;
    this.#thread = thread;
    this.#stack = stacks[thread]!;
    this.#flags = flags[thread]!;
    this.#cpuUnits = 0;
  }

  #takeCoded(head: number): void {
    const { next, stacks, flags } = this.#predictions;
    if ((head & THREAD) !== 0) next[this.#thread] = this.#readNumber();
    const thread = next[this.#thread]!;
    this.#thread = thread;
    if ((head & LATER) !== 0) this.#units += this.#readNumber();
    else if ((head & EARLIER) !== 0) this.#units -= this.#readNumber();
    if ((head & STACK) !== 0) stacks[thread] = this.#readNumber();
    this.#stack = stacks[thread]!;
    if ((head & FLAGS) !== 0) flags[thread] = this.#bytes[this.#at++]!;
    this.#flags = flags[thread]!;
    if ((head & WEIGHT) !== 0) this.#weight = this.#readWeight();
    this.#cpuUnits = (head & CPU_TIME) === 0 ? 0 : this.#readNumber();
  }

  /** -1 at the end of the last block. */
  #readHead(): number {
    for (;;) {
      while (this.#at >= this.#bytes.length) {
        const bytes = this.#blocks[this.#nextBlock];
        if (bytes === undefined) return -1;
        this.#nextBlock++;
        this.#bytes = bytes;
        this.#at = 0;
        this.#reset();
      }
      const head = this.#bytes[this.#at++]!;
      if (head !== RESET) return head;
      this.#reset();
    }
  }

  #reset(): void {
    this.#predictions.reset();
    this.#thread = 0;
    this.#units = 0;
    this.#weight = 0;
  }

  #readWeight(): number {
    const coded = this.#readNumber();
    if (coded > 0) return coded <= MAX_WHOLE_WEIGHT + 1 ? coded - 1 : Number.NaN;
    this.#at += 4;
    return readFloat(this.#bytes, this.#at - 4);
  }

  #readNumber(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    byte = bytes[this.#at++]!;
    value |= (byte & 0x7f) << 7;
    for (let scale = 0x4000; byte >= 0x80; scale *= 0x80) {
      byte = bytes[this.#at++]!;
      value += (byte & 0x7f) * scale;
    }
    return value;
  }
}
