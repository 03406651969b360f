/** Reading another process's memory. Addresses are exact up to 2^53, which user space fits. */
export interface ProcessMemory {
  /** Which primitive serves reads: the system's name for it ("process_vm_readv", "/proc/pid/mem", "recording"). */
  readonly method: string;
  /** How many reads have been asked of the system so far; for benches and tests. */
  readonly calls: number;
  /** A batch that can hold up to `spans` spans of together `bytes` bytes, page-aligned where that matters. */
  batch(bytes: number, spans: number): ReadBatch;
  /**
   * Reads every span of the batch with as few calls as the system allows. A span that cannot be read, or only its
   * beginning, is no error: see `ReadBatch.lengthRead`. Returns how many spans came whole.
   * Throws {@link ProcessError}: `no-such-process` when the target is gone, `permission-denied` when it may not be read.
   */
  readBatch(batch: ReadBatch): number;
  /** One span as a fresh copy. Throws {@link MemoryError} unless all of it came. */
  read(address: number, length: number): Uint8Array;
}

/** Spans to read in one go, and the bytes that came. Reused from read to read; nothing is allocated after creation. */
export interface ReadBatch {
  /** All spans' bytes; span `i` starts at `offset(i)`. */
  readonly bytes: Uint8Array;
  /** The same memory as `bytes`, from its first byte. */
  readonly view: DataView;
  /** Number of spans added since `clear`. */
  readonly count: number;
  /** Forgets all spans. */
  clear(): void;
  /** Adds a span and returns its index. Each starts at a multiple of 16 in `bytes`, with zeros before it. Throws RangeError when full. */
  add(address: number, length: number): number;
  /** Whether a span of `length` bytes still fits. */
  fits(length: number): boolean;
  address(index: number): number;
  offset(index: number): number;
  length(index: number): number;
  /** Bytes of the span that the last read brought: `length(index)` when whole, less when cut off, 0 when none. */
  lengthRead(index: number): number;
}
