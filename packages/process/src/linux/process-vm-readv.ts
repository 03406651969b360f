import type { SpanBatch } from "../span-batch.ts";
import { EFAULT } from "./errno.ts";
import type { Libc } from "./libc.ts";

/** Most spans that one call takes: UIO_MAXIOV, the same on every Linux. */
const IOV_MAX = 1024;
/** struct iovec of a 64-bit process: base address and length, as u32 halves. */
const wordsPerIovec = 4;
const bytesPerIovec = 16;
/** No process has anything there, so reading it fails with EFAULT: stands for an address that is none. */
const unmappedAddress = Number.MAX_SAFE_INTEGER - 0xfff;

/** The system call process_vm_readv(2) with its arrays, made once and filled for each call. */
export class ProcessVmReadv {
  calls = 0;
  readonly #libc: Libc;
  readonly #local = new Uint32Array(IOV_MAX * wordsPerIovec);
  readonly #remote = new Uint32Array(IOV_MAX * wordsPerIovec);
  readonly #localAddress: number;
  readonly #remoteAddress: number;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#localAddress = libc.address(this.#local);
    this.#remoteAddress = libc.address(this.#remote);
  }

  /** Reads every span; returns 0, or the error number when it is about the process and not about a span. */
  readBatch(id: number, batch: SpanBatch, bytesAddress: number): number {
    for (let start = 0; start < batch.count; start += IOV_MAX) {
      const end = Math.min(start + IOV_MAX, batch.count);
      const errno = this.#readChunk(id, batch, bytesAddress, start, end);
      if (errno !== 0) return errno;
    }
    return 0;
  }

  /**
   * The kernel reads in order, stops at the first byte that it cannot read and returns how many it has: each further
   * call starts at the span after the one that stopped it, so there are at most as many calls as spans.
   */
  #readChunk(id: number, batch: SpanBatch, bytesAddress: number, start: number, end: number): number {
    this.#fill(batch, bytesAddress, start, end);
    for (let next = start; next < end; ) {
      const skipped = (next - start) * bytesPerIovec;
      const local = this.#localAddress + skipped;
      const remote = this.#remoteAddress + skipped;
      this.calls++;
      const transferred = this.#libc.process_vm_readv(id, local, end - next, remote, end - next, 0);
      if (transferred < 0) {
        const errno = this.#libc.errno();
        if (errno !== EFAULT) return errno;
      }
      next = share(batch, next, end, Math.max(transferred, 0)) + 1;
    }
    return 0;
  }

  #fill(batch: SpanBatch, bytesAddress: number, start: number, end: number): void {
    const local = this.#local;
    const remote = this.#remote;
    for (let index = start, word = 0; index < end; index++, word += wordsPerIovec) {
      const address = batch.address(index);
      const length = batch.length(index);
      setAddress(local, word, bytesAddress + batch.offset(index));
      setAddress(remote, word, Number.isSafeInteger(address) && address >= 0 ? address : unmappedAddress);
      local[word + 2] = length;
      remote[word + 2] = length;
    }
  }
}

/** Shares the bytes that came among the spans from `start`; returns the span where they ran out, or `end`. */
function share(batch: SpanBatch, start: number, end: number, transferred: number): number {
  let left = transferred;
  for (let index = start; index < end; index++) {
    const length = batch.length(index);
    batch.setLengthRead(index, Math.min(length, left));
    if (left < length) return index;
    left -= length;
  }
  return end;
}

/** As a little-endian u64; all that Node's 64-bit Linux builds with this call run on are little-endian. */
function setAddress(words: Uint32Array, word: number, address: number): void {
  words[word] = address % 0x1_0000_0000;
  words[word + 1] = address / 0x1_0000_0000;
}
