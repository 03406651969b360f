import { closeSync, openSync, readSync } from "node:fs";

/** Three numbers of up to 20 digits. */
const longestLine = 64;
const zero = 0x30;
const nine = 0x39;
/** Not what `isUnchanged` compares: that has to have been read before the state. */
const scratch = new Uint8Array(longestLine);

/**
 * /proc/PID/task/TID/schedstat, kept open: nanoseconds on a CPU, nanoseconds of waiting for one, and how often it got
 * one (Documentation/scheduler/sched-stats). The first is charged when the thread stops running and at clock ticks, the
 * others when it gets a CPU.
 */
export class SchedStat implements Disposable {
  readonly #fd: number;
  #line: Uint8Array = new Uint8Array(longestLine);
  #previous: Uint8Array = new Uint8Array(longestLine);
  #length = 0;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Undefined where the kernel has none (CONFIG_SCHED_INFO), or the thread has ended. */
  static open(pid: number, id: number): SchedStat | undefined {
    try {
      return new SchedStat(openSync(`/proc/${pid}/task/${id}/schedstat`, "r"));
    } catch {
      return undefined;
    }
  }

  /** Whether it says what it said the last time. False also where it is switched off, and all numbers are 0. */
  isUnchanged(): boolean {
    const line = this.#previous;
    this.#previous = this.#line;
    this.#line = line;
    const length = readSync(this.#fd, line, 0, longestLine, 0);
    let isSame = length === this.#length && line[0] !== zero;
    for (let index = 0; isSame && index < length; index++) isSame = line[index] === this.#previous[index];
    this.#length = length;
    return isSame;
  }

  /** Time on a CPU in nanoseconds, as far as it has been charged. */
  cpuTime(): number {
    const length = readSync(this.#fd, scratch, 0, longestLine, 0);
    let time = 0;
    for (let index = 0; index < length; index++) {
      const digit = scratch[index] as number;
      if (digit < zero || digit > nine) break;
      time = time * 10 + digit - zero;
    }
    return time;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
