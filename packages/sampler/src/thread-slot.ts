import type { ReadBatch, ThreadState } from "@pyspy/process";
import type { Call } from "./call-sites.ts";
import type { Interpreter } from "./interpreters.ts";
import { KeptRead } from "./kept-read.ts";
import { StackBuffer } from "./stack-buffer.ts";

/**
 * What is known of one thread state between samples: where its parts were last time, which is where the next sample
 * looks for them, and what was read in the current one.
 */
export class ThreadSlot {
  readonly address: number;
  readonly interpreter: Interpreter;
  /** `pthread_t`. */
  readonly threadId: number;
  /** The operating system's id as Python keeps it: of the process's own pid namespace; 0 where it keeps none. */
  readonly nativeThreadId: number;
  /** Operating system thread id; 0 if not known. */
  osThreadId: number;
  /** Its thread state was left behind: by a fork, after which only the forking thread is there. */
  ended = false;
  /** When this thread was first seen. An id is given to another thread when its own has ended. */
  since: number = performance.now();

  /** Address of the `_PyCFrame` (3.11 and 3.12). */
  cframe = 0;
  /** Addresses of the data-stack chunks, newest first, and how many bytes of each to read. */
  readonly chunks: number[] = [];
  readonly chunkLengths: number[] = [];
  /** Bytes of the newest chunk before its innermost few frames. */
  split = 0;
  /** Addresses of frames to read one by one: all of them up to 3.10, those outside the chunks later. */
  frames: number[] = [];
  /** Outermost frame of the last accepted stack. */
  outermost = 0;
  /** Counts changes of the above, from `cframe` on, and of the list of chunks alone: the same number, the same spans. */
  predictions = 0;
  chunkChanges = 0;

  /** Span of the thread state in the current batch; the thread's other parts follow it, up to `spanEnd`. */
  span = 0;
  spanEnd = 0;
  /** `predictions`, `chunkChanges` and `split` at the time of the read. */
  readPredictions = 0;
  readChunkChanges = 0;
  readSplit = 0;
  outcome: Outcome = "failed";
  /** The thread is stopped while it is read. */
  still = false;
  /** What was read is what was kept: the stack was not walked again. */
  repeated = false;
  /** Some read of this sample was no repetition: the thread may have done something since the last sample. */
  moved = true;
  /** Code objects were decoded for this stack: they may have come to their addresses after the frames were read. */
  learnt = false;
  /** The call that was improbable in the last read of this sample, if one was, and in how many reads in a row. */
  doubted: Call | undefined;
  sightings = 0;
  holdsGil = false;
  /** The last to take the GIL, though it may have released it. */
  wasLastHolder = false;
  /** Not read: it cannot have run Python since it was; and when that was found, by `performance.now()`. See `ParkedThreads`. */
  parked = false;
  parkedAt = 0;
  /** What the thread was doing, by the scheduler's word; since when, and when it was asked, by `performance.now()`. */
  state: ThreadState = "unknown";
  stateSince = 0;
  stateReadAt: number = Number.NEGATIVE_INFINITY;
  /** Since when it was seen to do nothing, sample after sample. */
  restingSince: number = performance.now();
  /** CPU time in nanoseconds that it had when its rest had become long, else -1; and when it was last asked. */
  restedAt = -1;
  restSeenAt = 0;
  /** CPU time in nanoseconds at which a pause found the thread asleep, while it may have run for that pause only; else -1. */
  sleptAt = -1;
  /** When its CPU time was last asked for; by `performance.now()`. */
  chargedAt = 0;
  /** CPU time in nanoseconds then, and of which thread; and what of it no sample has got yet. */
  #cpuTime = 0;
  #cpuTimeOf = 0;
  #uncounted = 0;
  /** Until when the code objects of the stack are trusted to be where they were; by `performance.now()`. */
  trustedUntil = 0;
  readonly stack: StackBuffer = new StackBuffer();
  /** What the stack was read from; empty while it is in doubt. */
  readonly kept: KeptRead = new KeptRead();

  constructor(address: number, interpreter: Interpreter, threadId: number, nativeThreadId: number) {
    this.address = address;
    this.interpreter = interpreter;
    this.threadId = threadId;
    this.nativeThreadId = nativeThreadId;
    this.osThreadId = nativeThreadId;
  }

  /** Forgets the stack: the ids of its code objects are given anew. */
  forget(): void {
    this.parked = false;
    this.stack.forget();
    this.kept.forget();
  }

  startSample(): void {
    this.stack.startSample();
    this.moved = false;
  }

  /** Takes note of the CPU time, in nanoseconds, that the thread has been charged since it started; 0 if not known. */
  charge(cpuTime: number): void {
    if (this.#cpuTimeOf === this.osThreadId && cpuTime > this.#cpuTime) this.#uncounted += cpuTime - this.#cpuTime;
    this.#cpuTimeOf = this.osThreadId;
    this.#cpuTime = cpuTime;
  }

  /** Seconds of CPU time charged since this was last called. */
  takeCpuTime(): number {
    const time = this.#uncounted / 1e9;
    this.#uncounted = 0;
    return time;
  }

  /** Takes the stack to be what it was, unread. */
  repeat(): void {
    this.outcome = "exact";
    this.repeated = true;
    this.still = false;
  }

  /** Starts a first read of the stack, or one that owes nothing to those before. */
  startReads(): void {
    this.doubted = undefined;
    this.outcome = "failed";
  }

  /** Takes note of what is to be read, before a read is walked and corrects it. */
  startWalk(): void {
    this.readPredictions = this.predictions;
    this.readChunkChanges = this.chunkChanges;
    this.readSplit = this.split;
  }

  /** Keeps what the current stack, which is right, was read from. */
  keep(batch: ReadBatch): void {
    const { kept, stack } = this;
    kept.predictions = this.readPredictions;
    kept.chunkChanges = this.readChunkChanges;
    kept.split = this.readSplit;
    kept.keep(batch.bytes, batch.offset(this.span), this.#end(batch), stack.depth);
    stack.sinceKept = stack.depth;
  }

  /** Whether a read that came whole brought what was kept: then the stack is the same, too. */
  repeats(batch: ReadBatch): boolean {
    const { kept, stack } = this;
    if (kept.predictions !== this.predictions || stack.sinceKept < kept.depth) return false;
    if (!kept.equals(batch.bytes, batch.offset(this.span), this.#end(batch))) return false;
    stack.depth = kept.depth;
    return true;
  }

  #end(batch: ReadBatch): number {
    const last = this.spanEnd - 1;
    return batch.offset(last) + batch.length(last);
  }
}

/**
 * `exact`: a stack that existed as it is. `stale`: parts had moved; they are known now and have to be read again.
 * `torn`: the parts read do not fit together. `failed`: something could not be read. `gone`: the thread state is none.
 */
export type Outcome = "exact" | "stale" | "torn" | "failed" | "gone";
