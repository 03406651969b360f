import { BinaryError, type BinaryErrorCode } from "./binary-error.ts";
import type { ByteSource } from "./byte-source.ts";

/** Small reads fetch, and keep, this many bytes around them. */
const windowSize = 0x1000;
/** Each window also holds the first bytes of the next, so that no number and no table entry lies across two. */
const overlap = 32;
const windowsKept = 64;
/** Read at a time by `chunks`. */
const chunkSize = 0x40000;
/** Nothing longer is read in one piece; the largest debug sections of real binaries are under 1 GiB. */
const longestRead = 0x4000_0000;
/** Longest name read; mangled C++ names of a few KiB are real. */
export const longestName = 0x4000;

/** Part of a source as `chunks` yields it; `start` is the first byte's distance from the first chunk's. */
export interface Chunk {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Numbers, names and byte runs of a source, each checked against its size; a few windows are cached. */
export class ByteReader {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  /** Whether addresses have 8 bytes. */
  readonly wide: boolean;
  readonly #windows = new Map<number, DataView>();
  #start = 0;
  #window: DataView = new DataView(new ArrayBuffer(0));

  constructor(source: ByteSource, littleEndian: boolean, wide: boolean) {
    this.source = source;
    this.littleEndian = littleEndian;
    this.wide = wide;
  }

  u8(offset: number): number {
    const at = this.#seek(offset, 1);
    return this.#window.getUint8(at);
  }

  u16(offset: number): number {
    const at = this.#seek(offset, 2);
    return this.#window.getUint16(at, this.littleEndian);
  }

  u32(offset: number): number {
    const at = this.#seek(offset, 4);
    return this.#window.getUint32(at, this.littleEndian);
  }

  /** Exact up to 2^53; a larger result is not a safe integer, which is the caller's to test. */
  u64(offset: number): number {
    const at = this.#seek(offset, 8);
    return u64At(this.#window, at, this.littleEndian);
  }

  /** A pointer-sized number. */
  word(offset: number): number {
    return this.wide ? this.u64(offset) : this.u32(offset);
  }

  /** Up to 32 bytes as a view of a cached window: for use at once. */
  peek(offset: number, length: number): DataView {
    const at = this.#seek(offset, length);
    return new DataView(this.#window.buffer, this.#window.byteOffset + at, length);
  }

  /** Exactly `length` bytes, read from the source and not kept. */
  bytes(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    if (length > longestRead) throw this.error("too-large", `${length} bytes asked for`, offset);
    return this.#fetch(offset, length);
  }

  /** Text up to a NUL byte; `end` is where the text has to have ended. */
  name(offset: number, end: number = this.source.size): string {
    const at = this.#seek(offset, 1);
    const window = bytesOf(this.#window).subarray(at);
    const length = window.indexOf(0);
    if (length >= 0 && offset + length < end) return utf8(window, 0, length);
    const limit = Math.min(end, this.source.size, offset + longestName);
    const long = this.bytes(offset, Math.max(0, limit - offset));
    const longLength = long.indexOf(0);
    if (longLength < 0) throw this.error("malformed", "name without an end", offset);
    return utf8(long, 0, longLength);
  }

  /**
   * The bytes from `offset` in chunks that hold whole entries of `entrySize` bytes.
   * With `shared`, each chunk but the last also holds that many bytes of the one after it.
   */
  *chunks(offset: number, length: number, entrySize = 1, shared = 0): Generator<Chunk> {
    this.#check(offset, length);
    const step = Math.max(1, Math.floor(chunkSize / entrySize)) * entrySize;
    for (let start = 0; start < length; start += step) {
      const bytes = this.#fetch(offset + start, Math.min(step + shared, length - start));
      yield { start, bytes, view: viewOf(bytes) };
    }
  }

  error(code: BinaryErrorCode, what: string, offset?: number, cause?: unknown): BinaryError {
    return new BinaryError(code, this.source.name, what, { offset, cause });
  }

  #seek(offset: number, length: number): number {
    const at = offset - this.#start;
    if (at >= 0 && at + length <= this.#window.byteLength) return at;
    this.#check(offset, length);
    const start = offset - (offset % windowSize);
    this.#window = this.#windows.get(start) ?? this.#load(start);
    this.#start = start;
    return offset - start;
  }

  #load(start: number): DataView {
    const length = Math.min(windowSize + overlap, this.source.size - start);
    const window = viewOf(this.#fetch(start, length));
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= windowsKept && oldest !== undefined) this.#windows.delete(oldest);
    this.#windows.set(start, window);
    return window;
  }

  #check(offset: number, length: number): void {
    const { size } = this.source;
    if (Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && length <= size - offset) return;
    throw this.error("truncated", `${length} bytes are past the end (size ${size})`, offset);
  }

  #fetch(offset: number, length: number): Uint8Array {
    const bytes = this.#readSource(offset, length);
    if (bytes.length === length) return bytes;
    throw this.error("truncated", `${length} bytes asked for, ${bytes.length} came`, offset);
  }

  #readSource(offset: number, length: number): Uint8Array {
    try {
      return this.source.read(offset, length);
    } catch (cause) {
      if (cause instanceof BinaryError) throw cause;
      throw this.error("unreadable", "cannot be read", offset, cause);
    }
  }
}

/** Not a safe integer where the number is over 2^53. */
export function u64At(view: DataView, at: number, littleEndian: boolean): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? first + second * 0x1_0000_0000 : second + first * 0x1_0000_0000;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A Buffer over the same memory. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return bufferOf(bytes).toString("utf8", start, end);
}
