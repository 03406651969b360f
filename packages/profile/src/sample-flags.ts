/** Bits of a sample's `flags`, to be or-ed. A sample with none is of an active thread of which no more is known. */
export const SampleFlags = {
  /** The thread waited: it was neither on a CPU nor ready to be. Without this bit it was active. */
  idle: 1,
  /** The thread held the global interpreter lock. */
  gilHolder: 2,
  /** The thread waited for the global interpreter lock. */
  gilWaiting: 4,
  /** The thread was on a CPU. */
  onCpu: 8,
  /** The cyclic garbage collector was running in the thread. */
  garbageCollection: 16,
  /** An exception was being handled in the thread. */
  exception: 32,
} as const;
