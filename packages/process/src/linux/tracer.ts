import { ProcessError } from "../errors.ts";
import { requireLibc, type Libc } from "./libc.ts";
import { isThread, threadIds } from "./threads.ts";
import { Tracee } from "./tracee.ts";

/** How long threads get to stop: one that waits for a disk, or for the exec of its vfork, does not before that is over. */
const stopMilliseconds = 1000;
/** The same on giving up: most have stopped by then, and the rest is left to a timer. */
const failedStopMilliseconds = 50;
/** How long threads that were killed in their stop get to vanish before that is left to a timer. */
const endMilliseconds = 200;
/** A process that starts threads faster than they can be seized. */
const maxRounds = 100;
/** A thread on another CPU has stopped by the first look; one that needs ours, or waits for any, gets it only if we sleep. */
const spins = 64;
/** Sleeps get longer: a thread that is slow to stop would else cost a CPU. */
const firstSleepMicroseconds = 10;
const sleepMicroseconds = 100;
const stragglerMilliseconds = 20;

/** Threads that could not be let go when they should: still seized by this thread, released as soon as they stop. */
const stragglers = new Map<number, Tracee>();
let stragglerTimer: NodeJS.Timeout | undefined;

/** The threads of a process under ptrace: stops all of them and lets them go. */
export class Tracer {
  readonly #pid: number;
  readonly #libc: Libc;
  readonly #tracees = new Map<number, Tracee>();
  /** When the last stop was begun; by `performance.now()`. */
  since = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#libc = requireLibc(pid, "pausing a process");
  }

  /**
   * Seizes and stops every thread, and looks for new ones until there are none: stopped threads start none. Returns the
   * ids. On failure all threads run on, and {@link ProcessError} `pause-failed`, `permission-denied` or
   * `no-such-process` is thrown.
   */
  stopAll(): number[] {
    const stopped = this.#stopOrRelease(() => this.#stopAll());
    if (stopped.length > 0) return stopped;
    this.releaseAll();
    throw new ProcessError("no-such-process", this.#pid, `process ${this.#pid} has ended`);
  }

  /** As `stopAll`, for these threads alone; those that are none of the process's, or have ended, are left out. */
  stop(threads: readonly number[]): number[] {
    return this.#stopOrRelease(() => {
      this.#seize(threads.filter((id) => isThread(this.#pid, id)));
      this.since = performance.now();
      this.#stopSeized(this.since + stopMilliseconds);
    });
  }

  #stopOrRelease(stop: () => void): number[] {
    try {
      stop();
    } catch (error) {
      this.releaseAll(failedStopMilliseconds);
      throw error;
    }
    return [...this.#tracees.values()].filter((tracee) => tracee.state === "stopped").map((tracee) => tracee.id);
  }

  /** Lets every thread run on, still seized, for the next `stopAll`. */
  resumeAll(): void {
    for (const tracee of this.#tracees.values()) tracee.resume();
    this.#bury();
  }

  /** Passes on what stopped a running thread meanwhile: as long as this is not called, its signals wait. */
  service(): void {
    for (const tracee of this.#tracees.values()) {
      if (tracee.state === "running" && tracee.poll()) tracee.resume();
    }
  }

  /** Lets every thread go. One that is not stopped cannot be; it is interrupted and let go once it has stopped. */
  releaseAll(milliseconds: number = stopMilliseconds): void {
    const running = [...this.#tracees.values()].filter((tracee) => tracee.state === "running");
    for (const tracee of running) tracee.interrupt();
    if (running.length > 0) this.#wait(running, performance.now() + milliseconds);
    for (const tracee of this.#tracees.values()) tracee.detach();
    this.#waitForEnds();
    for (const tracee of this.#tracees.values()) leaveToTimer(tracee);
    this.#tracees.clear();
  }

  #stopAll(): void {
    let found = this.#seize(threadIds(this.#pid));
    this.since = performance.now();
    const deadline = this.since + stopMilliseconds;
    for (let round = 0; round < maxRounds; round++) {
      if (!this.#stopSeized(deadline) && !found) return;
      found = this.#seize(threadIds(this.#pid));
    }
    throw this.#failed("it keeps starting threads");
  }

  /** False when none had to be stopped. */
  #stopSeized(deadline: number): boolean {
    const running = [...this.#tracees.values()].filter((tracee) => tracee.state === "running");
    for (const tracee of running) tracee.interrupt();
    const late = this.#wait(running, deadline);
    if (late.length > 0) throw this.#failed(`threads ${late.join(", ")} did not stop`);
    this.#bury();
    return running.length > 0;
  }

  /** True when there were threads among them that are not ours yet. */
  #seize(ids: readonly number[]): boolean {
    let found = false;
    for (const id of ids) {
      if (this.#tracees.has(id) || stragglers.get(id)?.state === "ended") continue;
      const tracee = adopt(id) ?? Tracee.seize(this.#libc, this.#pid, id);
      if (tracee === undefined) continue;
      this.#tracees.set(id, tracee);
      found = true;
    }
    return found;
  }

  /** Waits until none of them runs; returns the ids of those that still do at the deadline. */
  #wait(tracees: readonly Tracee[], deadline: number): number[] {
    let running = tracees;
    let sleep = firstSleepMicroseconds;
    for (let turn = 0; ; turn++) {
      running = running.filter((tracee) => !tracee.poll() && tracee.state === "running");
      if (running.length === 0) return [];
      if (turn < spins) continue;
      for (const tracee of running) tracee.checkEnded();
      if (performance.now() > deadline) return running.filter(({ state }) => state === "running").map(({ id }) => id);
      this.#libc.usleep(sleep);
      sleep = Math.min(sleep * 2, sleepMicroseconds);
    }
  }

  #waitForEnds(): void {
    const deadline = performance.now() + endMilliseconds;
    for (this.#bury(); this.#hasEnded() && performance.now() < deadline; this.#bury()) {
      this.#libc.usleep(sleepMicroseconds);
    }
  }

  #hasEnded(): boolean {
    return [...this.#tracees.values()].some((tracee) => tracee.state === "ended");
  }

  #bury(): void {
    for (const tracee of this.#tracees.values()) {
      tracee.reap();
      if (tracee.state === "released") this.#tracees.delete(tracee.id);
    }
  }

  #failed(reason: string): ProcessError {
    return new ProcessError("pause-failed", this.#pid, `cannot pause process ${this.#pid}: ${reason}`);
  }
}

/** A straggler of an earlier tracer: it is seized already. */
function adopt(id: number): Tracee | undefined {
  const tracee = stragglers.get(id);
  stragglers.delete(id);
  return tracee;
}

function leaveToTimer(tracee: Tracee): void {
  if (tracee.state === "released") return;
  stragglers.set(tracee.id, tracee);
  stragglerTimer ??= setInterval(releaseStragglers, stragglerMilliseconds).unref();
}

function releaseStragglers(): void {
  for (const [id, tracee] of stragglers) {
    tracee.checkEnded();
    tracee.detach();
    tracee.reap();
    if (tracee.state === "released") stragglers.delete(id);
  }
  if (stragglers.size > 0) return;
  clearInterval(stragglerTimer);
  stragglerTimer = undefined;
}
