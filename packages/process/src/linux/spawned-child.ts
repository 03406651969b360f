import { closeSync } from "node:fs";
import { ProcessError } from "../errors.ts";
import type { ExitStatus, SpawnedProcess } from "../spawned-process.ts";
import { describeErrno, errorCode } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { threadStat } from "./threads.ts";
import { exitStatus, WNOHANG } from "./wait-status.ts";

const pollMilliseconds = 20;

/** A child started by posix_spawnp, which only this object waits for. */
export class LinuxChild implements SpawnedProcess {
  readonly pid: number;
  readonly #libc: Libc;
  readonly #status: Int32Array = new Int32Array(new ArrayBuffer(4));
  #exited: ExitStatus | undefined;
  #ended: Promise<ExitStatus> | undefined;

  constructor(libc: Libc, pid: number) {
    this.#libc = libc;
    this.pid = pid;
  }

  /** Waits only for a zombie: a traced child's stop would be taken from the thread that traces it. */
  exited(): ExitStatus | undefined {
    if (this.#exited !== undefined) return this.#exited;
    const state = threadStat(this.pid, this.pid)?.state ?? "dead";
    if (state !== "dead") return undefined;
    const pid = this.#libc.waitpid(this.pid, this.#libc.address(this.#status), WNOHANG);
    if (pid < 0) {
      const reason = `cannot wait for process ${this.pid}: ${describeErrno(this.#libc.errno())}`;
      throw new ProcessError("system-error", this.pid, reason);
    }
    // 0: the main thread has ended, others have not.
    if (pid === this.pid) this.#exited = exitStatus(this.#status[0]!);
    return this.#exited;
  }

  wait(): Promise<ExitStatus> {
    this.#ended ??= this.#wait();
    return this.#ended;
  }

  kill(signal: NodeJS.Signals | number): boolean {
    if (this.exited() !== undefined) return false;
    try {
      return process.kill(this.pid, signal);
    } catch (error) {
      if (errorCode(error) === "ESRCH") return false;
      throw error;
    }
  }

  async #wait(): Promise<ExitStatus> {
    if (this.exited() === undefined) await this.#readable();
    for (;;) {
      const status = this.exited();
      if (status !== undefined) return status;
      await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
    }
  }

  /** A pidfd becomes readable at the end of the process; kernels before 5.3 and some sandboxes have none. */
  async #readable(): Promise<void> {
    const fd = this.#libc.pidfd_open(this.pid);
    if (fd < 0) return;
    let stop: (() => void) | undefined;
    try {
      await new Promise<void>((resolve) => {
        stop = this.#libc.watch(fd, resolve);
      });
    } finally {
      stop?.();
      closeSync(fd);
    }
  }
}
