import { readFileSync } from "node:fs";
import { ProcessError } from "../errors.ts";
import { describeErrno, ECHILD, EPERM, ESRCH } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { threadStat } from "./threads.ts";
import { WNOHANG } from "./wait-status.ts";

const PTRACE_CONT = 7;
const PTRACE_DETACH = 17;
const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const PTRACE_LISTEN = 0x4208;
const PTRACE_EVENT_STOP = 128;
const P_PID = 1;
const WSTOPPED = 2;
const __WALL = 0x4000_0000;
const SIGTRAP = 5;

/** siginfo_t in 32-bit words on 64-bit Linux: si_signo, si_errno, si_code, padding, then the members of SIGCHLD. */
const info = new Int32Array(new ArrayBuffer(128));
const si_pid = 4;
const si_status = 6;
const status = new Int32Array(new ArrayBuffer(4));

/**
 * One thread under ptrace(2). All calls must come from the OS thread that seized it; when that thread ends, however it
 * does, the kernel lets the tracee go and it runs on.
 *
 * `running`: seized, not known to be stopped. `stopped`: may be resumed or detached. `ended`: a zombie that the kernel
 * keeps for us, unless it is our own child. `released`: no longer ours.
 */
export class Tracee {
  readonly id: number;
  state: "running" | "stopped" | "ended" | "released" = "running";
  /** An interrupt has been asked for whose stop has not been seen. */
  #interrupted = false;
  /** The signal whose delivery the stop held up, 0 for none; the thread gets it on resuming. */
  #signal = 0;
  /** The process is stopped (SIGSTOP and its like), apart from us. */
  #groupStop = false;
  readonly #pid: number;
  readonly #libc: Libc;

  private constructor(libc: Libc, pid: number, id: number) {
    this.#libc = libc;
    this.#pid = pid;
    this.id = id;
  }

  /** Undefined when the thread has ended. Throws {@link ProcessError} `permission-denied` or `pause-failed`. */
  static seize(libc: Libc, pid: number, id: number): Tracee | undefined {
    if (libc.ptrace(PTRACE_SEIZE, id, 0, 0) >= 0) return new Tracee(libc, pid, id);
    const errno = libc.errno();
    if (errno === ESRCH || hasEnded(pid, id)) return undefined;
    const tracer = tracerOf(pid, id);
    if (tracer !== 0) {
      const by = tracer === process.pid ? "this process" : `process ${tracer}`;
      throw new ProcessError("pause-failed", pid, `thread ${id} of process ${pid} is traced already, by ${by}`);
    }
    const code = errno === EPERM ? "permission-denied" : "pause-failed";
    throw new ProcessError(code, pid, `cannot trace thread ${id} of process ${pid}: ${describeErrno(errno)}`);
  }

  /** Asks the thread to stop, unless it has stopped already; `poll` tells when it has. */
  interrupt(): void {
    if (this.#interrupted || this.poll() || this.state !== "running") return;
    this.#interrupted = this.#libc.ptrace(PTRACE_INTERRUPT, this.id, 0, 0) >= 0;
  }

  /** Takes note of a stop, if there is one. True when the thread is stopped. */
  poll(): boolean {
    if (this.state !== "running") return this.state === "stopped";
    info[si_pid] = 0;
    const result = this.#libc.waitid(P_PID, this.id, this.#libc.address(info), WSTOPPED | WNOHANG | __WALL);
    if (result < 0) {
      // A zombie never stops; `reap` tells it from a thread that is not ours any more.
      if (this.#libc.errno() === ECHILD) this.state = "ended";
      return false;
    }
    if (info[si_pid] !== this.id) return false;
    this.#noteStop(info[si_status]! & 0xff, info[si_status]! >> 8);
    return true;
  }

  /** Looks whether the thread has ended, which is no stop. */
  checkEnded(): void {
    if (this.state === "running" && !this.poll() && hasEnded(this.#pid, this.id)) this.state = "ended";
  }

  /** Lets a stopped thread run on, still seized. In a group stop it goes on being stopped, and we on being told. */
  resume(): void {
    if (this.state !== "stopped") return;
    const request = this.#groupStop ? PTRACE_LISTEN : PTRACE_CONT;
    this.#go(request, this.#groupStop ? 0 : this.#signal, "running");
  }

  /** Lets a stopped thread go. Out of a group stop it stays stopped: the kernel sees to that. */
  detach(): void {
    if (this.state === "stopped") this.#go(PTRACE_DETACH, this.#signal, "released");
  }

  /**
   * Buries a thread that ended while it was ours: until then its process's parent does not hear of the end. A child
   * of our own is left to whoever waits for it.
   */
  reap(): void {
    if (this.state !== "ended") return;
    if (this.id === this.#pid && threadStat(this.#pid, this.id)?.parent === process.pid) {
      this.state = "released";
      return;
    }
    // 0: it is still about to end, or its process's other threads are.
    if (this.#libc.waitpid(this.id, this.#libc.address(status), WNOHANG | __WALL) !== 0) this.state = "released";
  }

  /** Of an interrupt-stop and a group-stop the event is PTRACE_EVENT_STOP, and only the signal tells them apart. */
  #noteStop(signal: number, event: number): void {
    this.state = "stopped";
    this.#interrupted = false;
    this.#groupStop = event === PTRACE_EVENT_STOP && signal !== SIGTRAP;
    this.#signal = event === 0 ? signal : 0;
  }

  #go(request: number, signal: number, state: "running" | "released"): void {
    // Refused only to a thread that was killed in its stop.
    this.state = this.#libc.ptrace(request, this.id, 0, signal) >= 0 ? state : "ended";
    this.#signal = 0;
  }
}

function hasEnded(pid: number, id: number): boolean {
  return (threadStat(pid, id)?.state ?? "dead") === "dead";
}

function tracerOf(pid: number, id: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/task/${id}/status`, "utf8");
    return Number(/^TracerPid:\s*(\d+)$/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
