import type { Interpreter } from "./interpreters.ts";
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
  /** Operating system thread id; 0 if not known. */
  osThreadId: number;
  /** When this thread was first seen. An id is given to another thread when its own has ended. */
  since: number = performance.now();

  /** Address of the `_PyCFrame` (3.11 and 3.12). */
  cframe = 0;
  /** Addresses of the data-stack chunks, newest first, and how many bytes of each to read. */
  readonly chunks: number[] = [];
  readonly chunkLengths: number[] = [];
  /** Where the innermost few frames start in the newest chunk. */
  innermost = 0;
  /** Addresses of frames to read one by one: all of them up to 3.10, those outside the chunks later. */
  frames: number[] = [];
  /** Outermost frame of the last accepted stack. */
  outermost = 0;

  /** Span of the thread state in the current batch; the spans of its other parts follow it. */
  span = 0;
  outcome: Outcome = "failed";
  /** Code objects were decoded for this stack: they may have come to their addresses after the frames were read. */
  learnt = false;
  holdsGil = false;
  /** CPU time in nanoseconds at which the thread went to sleep, while it has not been seen to run since; else -1. */
  sleptAt = -1;
  /** How many samples were started. */
  samples = 0;
  stack: StackBuffer = new StackBuffer();
  previousStack: StackBuffer = new StackBuffer();

  constructor(address: number, interpreter: Interpreter, threadId: number, osThreadId: number) {
    this.address = address;
    this.interpreter = interpreter;
    this.threadId = threadId;
    this.osThreadId = osThreadId;
  }

  /** Keeps the last stack for comparison and empties the current one. */
  startSample(): void {
    const { stack } = this;
    this.stack = this.previousStack;
    this.previousStack = stack;
    this.stack.clear();
    this.outcome = "failed";
    this.samples++;
  }
}

/** Whether the stack is that of the sample before. */
export function hasSameStack({ stack, previousStack }: ThreadSlot): boolean {
  if (stack.depth !== previousStack.depth) return false;
  for (let depth = 1; depth <= stack.depth; depth++) {
    const index = stack.end - depth;
    const before = previousStack.end - depth;
    if (stack.codes[index] !== previousStack.codes[before]) return false;
    if (stack.instructions[index] !== previousStack.instructions[before]) return false;
  }
  return true;
}

/**
 * `exact`: a stack that existed as it is. `stale`: parts had moved; they are known now and have to be read again.
 * `torn`: the parts read do not fit together. `failed`: something could not be read. `gone`: the thread state is none.
 */
export type Outcome = "exact" | "stale" | "torn" | "failed" | "gone";
