import { MemoryError, ProcessError } from "../errors.ts";
import type { ProcessMemory, ReadBatch } from "../memory.ts";
import type { MemoryMethod } from "../open-process.ts";
import { SpanBatch } from "../span-batch.ts";
import { describeErrno, ENOSYS, EPERM, ESRCH } from "./errno.ts";
import { findLibc, requireLibc, type Libc } from "./libc.ts";
import { ProcMem } from "./proc-mem.ts";
import { ProcessVmReadv } from "./process-vm-readv.ts";
import { liveThread } from "./threads.ts";

const scratchLength = 64 * 1024;
/** A longer read is taken for a garbled length, not for a wish. */
const maxReadLength = 2 ** 30;
/** Where struct iovec has the form that process-vm-readv.ts writes. */
const architectures: ReadonlySet<string> = new Set(["x64", "arm64", "riscv64", "loong64"]);

class LinuxBatch extends SpanBatch {
  readonly bytesAddress: number;

  constructor(bytes: number, spans: number, libc: Libc | undefined) {
    super(bytes, spans, libc?.address);
    this.bytesAddress = libc?.address(this.bytes) ?? 0;
  }
}

/** Another process's memory: through process_vm_readv, or /proc/PID/mem where that is missing or forbidden. */
export class LinuxMemory implements ProcessMemory, Disposable {
  readonly #pid: number;
  /** Whose memory is asked for: a process's threads share it, but one that has ended cannot be asked. */
  #id: number;
  readonly #libc: Libc | undefined;
  readonly #forced: boolean;
  readonly #mem: ProcMem;
  #readv: ProcessVmReadv | undefined;
  #readvCalls = 0;
  #scratch: LinuxBatch | undefined;

  constructor(pid: number, method?: MemoryMethod) {
    this.#pid = pid;
    this.#id = pid;
    this.#forced = method !== undefined;
    this.#libc = method === "process_vm_readv" ? requireLibc(pid, method) : findLibc();
    this.#mem = new ProcMem(pid);
    const possible = this.#libc !== undefined && architectures.has(process.arch);
    if (!possible && method === "process_vm_readv") {
      throw new ProcessError("unsupported", pid, `process_vm_readv is not supported on ${process.arch}`);
    }
    if (possible && method !== "/proc/pid/mem") this.#readv = new ProcessVmReadv(this.#libc!);
  }

  get method(): MemoryMethod {
    return this.#readv === undefined ? "/proc/pid/mem" : "process_vm_readv";
  }

  get calls(): number {
    return (this.#readv?.calls ?? this.#readvCalls) + this.#mem.calls;
  }

  batch(bytes: number, spans: number): ReadBatch {
    return new LinuxBatch(bytes, spans, this.#libc);
  }

  readBatch(batch: ReadBatch): number {
    if (!(batch instanceof LinuxBatch)) throw new TypeError("the batch was not made by this memory");
    if (this.#readv === undefined) this.#readThroughFile(batch);
    else this.#readThroughCall(this.#readv, batch);
    let whole = 0;
    for (let index = 0; index < batch.count; index++) {
      if (batch.lengthRead(index) === batch.length(index)) whole++;
    }
    return whole;
  }

  read(address: number, length: number): Uint8Array {
    if (!(length >= 0 && length <= maxReadLength)) throw new MemoryError(address, length, 0);
    const batch = length <= scratchLength ? this.#scratchBatch() : new LinuxBatch(length, 1, this.#libc);
    batch.clear();
    batch.add(address, length);
    if (this.readBatch(batch) === 1) return batch.bytes.slice(0, length);
    throw new MemoryError(address, length, batch.lengthRead(0));
  }

  [Symbol.dispose](): void {
    this.#mem[Symbol.dispose]();
  }

  #scratchBatch(): LinuxBatch {
    this.#scratch ??= new LinuxBatch(scratchLength, 1, this.#libc);
    return this.#scratch;
  }

  #readThroughCall(readv: ProcessVmReadv, batch: LinuxBatch): void {
    let errno = readv.readBatch(this.#id, batch, batch.bytesAddress);
    if (errno === ESRCH && this.#findLiveThread()) errno = readv.readBatch(this.#id, batch, batch.bytesAddress);
    if (errno === 0) return;
    if (errno === ESRCH) throw this.#gone();
    const forbidden = errno === EPERM || errno === ENOSYS;
    if (forbidden && !this.#forced) return this.#fallBack(readv, batch);
    const reason = `cannot read the memory of process ${this.#pid}: process_vm_readv: ${describeErrno(errno)}`;
    throw new ProcessError(forbidden ? "permission-denied" : "system-error", this.#pid, reason);
  }

  /** Sandboxes forbid the call and not the file. Where the file cannot be opened either, that is the error. */
  #fallBack(readv: ProcessVmReadv, batch: LinuxBatch): void {
    this.#mem.open(this.#id);
    this.#readvCalls = readv.calls;
    this.#readv = undefined;
    this.#readThroughFile(batch);
  }

  /** A file that has ended is of an earlier program (exec), an earlier thread or a process that is gone. */
  #readThroughFile(batch: LinuxBatch): void {
    if (this.#mem.readBatch(this.#id, batch)) return;
    this.#findLiveThread();
    if (!this.#mem.open(this.#id) || !this.#mem.readBatch(this.#id, batch)) throw this.#gone();
  }

  /** True when another thread is there to ask. */
  #findLiveThread(): boolean {
    const thread = liveThread(this.#pid);
    if (thread === undefined || thread === this.#id) return false;
    this.#id = thread;
    return true;
  }

  #gone(): ProcessError {
    return new ProcessError("no-such-process", this.#pid, `process ${this.#pid} has ended`);
  }
}
