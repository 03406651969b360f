import type { ThreadId } from "./profile.ts";

/** What is predicted of a thread's next sample, by thread. Read and written by those who code and decode samples. */
export class ThreadPredictions {
  /** The thread that came after it. */
  next: Uint32Array;
  stacks: Uint32Array;
  flags: Uint8Array;

  constructor(capacity: number) {
    this.next = new Uint32Array(capacity);
    this.stacks = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  get capacity(): number {
    return this.next.length;
  }

  reset(): void {
    this.next.fill(0);
    this.stacks.fill(0);
    this.flags.fill(0);
  }

  /** Makes room for a thread and as many more. */
  growFor(thread: ThreadId): void {
    const larger = new ThreadPredictions(2 * (thread + 1));
    larger.next.set(this.next);
    larger.stacks.set(this.stacks);
    larger.flags.set(this.flags);
    ({ next: this.next, stacks: this.stacks, flags: this.flags } = larger);
  }
}
