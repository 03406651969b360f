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
  /** Threads at the last sample. */
  readonly threads: number;
}

const STOP = 0;
const TICKS = 1;
const SAMPLES = 2;
const ERRORS = 3;
const TORN = 4;
const LATE = 5;
const THREADS = 6;
const LENGTH = 7;

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

  /** Sleeps, on the recording thread, for at most that long. Returns false when told to stop. */
  sleep(milliseconds: number): boolean {
    if (milliseconds > 0) Atomics.wait(this.#words, STOP, 0, milliseconds);
    return Atomics.load(this.#words, STOP) === 0;
  }

  report(progress: RecordingProgress): void {
    Atomics.store(this.#words, TICKS, progress.ticks);
    Atomics.store(this.#words, SAMPLES, progress.samples);
    Atomics.store(this.#words, ERRORS, progress.errors);
    Atomics.store(this.#words, TORN, progress.torn);
    Atomics.store(this.#words, LATE, progress.late);
    Atomics.store(this.#words, THREADS, progress.threads);
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

  get threads(): number {
    return Atomics.load(this.#words, THREADS);
  }
}
