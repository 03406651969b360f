import type { Sample, StackId, ThreadId } from "./profile.ts";

/** Columns of the samples, indexed by sample, in the order they were added. */
export interface SampleColumns {
  readonly threads: Uint32Array;
  readonly stacks: Uint32Array;
  /** Seconds since the start of the recording. */
  readonly times: Float64Array;
  /** Intervals each sample stands for, in single precision: whole numbers up to 2^24 are exact. */
  readonly weights: Float32Array;
  /** Bits of `SampleFlags`. */
  readonly flags: Uint8Array;
}

const firstCapacity = 1024;

/** Samples in columns that double when full: 21 bytes a sample. */
export class SampleTable {
  #size = 0;
  #columns: SampleColumns = allocate(firstCapacity);

  get size(): number {
    return this.#size;
  }

  add(thread: ThreadId, stack: StackId, time: number, weight: number, flags: number): void {
    const index = this.#size;
    if (index === this.#columns.threads.length) this.#grow();
    const columns = this.#columns;
    columns.threads[index] = thread;
    columns.stacks[index] = stack;
    columns.times[index] = time;
    columns.weights[index] = weight;
    columns.flags[index] = flags;
    this.#size = index + 1;
  }

  /** `index` must be below `size`. */
  get(index: number): Sample {
    const { threads, stacks, times, weights, flags } = this.#columns;
    return {
      thread: threads[index]!,
      stack: stacks[index]!,
      time: times[index]!,
      weight: weights[index]!,
      flags: flags[index]!,
    };
  }

  /** Views of the columns, one element a sample; good until the next `add`. */
  columns(): SampleColumns {
    const { threads, stacks, times, weights, flags } = this.#columns;
    return {
      threads: threads.subarray(0, this.#size),
      stacks: stacks.subarray(0, this.#size),
      times: times.subarray(0, this.#size),
      weights: weights.subarray(0, this.#size),
      flags: flags.subarray(0, this.#size),
    };
  }

  /** A copy of the columns; the table is empty afterwards. */
  take(): SampleColumns {
    const { threads, stacks, times, weights, flags } = this.columns();
    this.#size = 0;
    return { threads: threads.slice(), stacks: stacks.slice(), times: times.slice(), weights: weights.slice(), flags: flags.slice() };
  }

  /** Takes over columns of equal length, without a copy. */
  adopt(columns: SampleColumns): void {
    this.#columns = columns;
    this.#size = columns.threads.length;
  }

  #grow(): void {
    const old = this.#columns;
    const columns = allocate(Math.max(firstCapacity, this.#size * 2));
    columns.threads.set(old.threads);
    columns.stacks.set(old.stacks);
    columns.times.set(old.times);
    columns.weights.set(old.weights);
    columns.flags.set(old.flags);
    this.#columns = columns;
  }
}

function allocate(capacity: number): SampleColumns {
  return {
    threads: new Uint32Array(capacity),
    stacks: new Uint32Array(capacity),
    times: new Float64Array(capacity),
    weights: new Float32Array(capacity),
    flags: new Uint8Array(capacity),
  };
}
