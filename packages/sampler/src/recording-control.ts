/** What the recording thread tells while it records. */
export interface RecordingProgress {
  /** Samples taken: ticks at which the process was read. */
  readonly ticks: number;
  /** Stacks that are in the profile. */
  readonly samples: number;
  readonly errors: number;
  readonly torn: number;
  /** Ticks that were missed. */
  readonly late: number;
  /** Ticks that were passed over to keep to `maxOverhead`. */
  readonly skipped: number;
  /** Milliseconds for which the process was stopped, or some of its threads were; of several processes, any one at most. */
  readonly pausedTime: number;
  /** Threads at the last sample. */
  readonly threads: number;
  /** What became of the process and of those it started; of the latter only where they are recorded as well. */
  readonly processes: ProcessCounts;
}

export interface ProcessCounts {
  /** Pythons that were recorded. */
  readonly recorded: number;
  /** Processes that ran something else. */
  readonly others: number;
  /** Processes that ended before it was known what they are, and Pythons that could not be read. */
  readonly unread: number;
  /** Processes that came and went between two looks, at least: of several at a time of one parent, one is counted. */
  readonly unseen: number;
}

const STOP = 0;
const UPDATE = 1;
const TICKS = 2;
const SAMPLES = 3;
const ERRORS = 4;
const TORN = 5;
const LATE = 6;
const THREADS = 7;
const SKIPPED = 8;
const PAUSED_TIME = 9;
/** Four words. */
const PROCESSES = 10;
const LENGTH = PROCESSES + 4;

/** Shared by the thread that records and the one that waits for it; neither waits for messages. */
export class RecordingControl implements RecordingProgress {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  static create(): RecordingControl {
    return new RecordingControl(new SharedArrayBuffer(LENGTH * Int32Array.BYTES_PER_ELEMENT));
  }

  /** Wakes the recording thread and ends its recording. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1);
    Atomics.notify(this.#words, STOP);
  }

  /** Wakes the recording thread and has it send what is new. */
  requestUpdate(): void {
    Atomics.store(this.#words, UPDATE, 1);
    Atomics.notify(this.#words, STOP);
  }

  /** Whether an update was requested since this was last asked. */
  takeUpdateRequest(): boolean {
    return Atomics.exchange(this.#words, UPDATE, 0) === 1;
  }

  /** Sleeps, on the recording thread, for at most that long. Returns false when told to stop. May wake early. */
  sleep(milliseconds: number): boolean {
    if (milliseconds > 0) Atomics.wait(this.#words, STOP, 0, milliseconds);
    return Atomics.load(this.#words, STOP) === 0;
  }

  /** At each tick: all but what takes a look at every process. */
  report(progress: Omit<RecordingProgress, "processes">): void {
    Atomics.store(this.#words, TICKS, progress.ticks);
    Atomics.store(this.#words, SAMPLES, progress.samples);
    Atomics.store(this.#words, ERRORS, progress.errors);
    Atomics.store(this.#words, TORN, progress.torn);
    Atomics.store(this.#words, LATE, progress.late);
    Atomics.store(this.#words, THREADS, progress.threads);
    Atomics.store(this.#words, SKIPPED, progress.skipped);
    Atomics.store(this.#words, PAUSED_TIME, Math.round(progress.pausedTime));
  }

  reportProcesses({ recorded, others, unread, unseen }: ProcessCounts): void {
    [recorded, others, unread, unseen].forEach((count, index) => Atomics.store(this.#words, PROCESSES + index, count));
  }

  get ticks(): number {
    return Atomics.load(this.#words, TICKS);
  }

  get samples(): number {
    return Atomics.load(this.#words, SAMPLES);
  }

  get errors(): number {
    return Atomics.load(this.#words, ERRORS);
  }

  get torn(): number {
    return Atomics.load(this.#words, TORN);
  }

  get late(): number {
    return Atomics.load(this.#words, LATE);
  }

  get skipped(): number {
    return Atomics.load(this.#words, SKIPPED);
  }

  get pausedTime(): number {
    return Atomics.load(this.#words, PAUSED_TIME);
  }

  get threads(): number {
    return Atomics.load(this.#words, THREADS);
  }

  get processes(): ProcessCounts {
    const [recorded, others, unread, unseen] = [0, 1, 2, 3].map((index) => Atomics.load(this.#words, PROCESSES + index)) as [number, number, number, number];
    return { recorded, others, unread, unseen };
  }
}
