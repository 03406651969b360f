import type { Layout } from "@pyspy/layouts";
import { MemoryError, type Process } from "@pyspy/process";
import { Activity } from "./activity.ts";
import { CodeCache } from "./code-cache.ts";
import { TargetError } from "./errors.ts";
import { FrameResolver } from "./frame-resolver.ts";
import { MemoryReader } from "./memory-reader.ts";
import type { Pausing } from "./pausing.ts";
import type { PythonVersion } from "./python-version.ts";
import { StackReader } from "./stack-reader.ts";
import { ThreadIdentity } from "./thread-identity.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** A pause can come while the target itself has its links half made, as when 3.11 and 3.12 enter Python from C. */
const MAX_PAUSES = 3;

export interface PythonParts {
  readonly process: Process;
  readonly version: PythonVersion;
  readonly layout: Layout;
  /** Address of `_PyRuntime`. */
  readonly runtime: number;
  /** Path of the file that the interpreter is in, as the process sees it. */
  readonly image: string;
  /** How the runtime was found. */
  readonly strategy: string;
}

/** An attached interpreter. Made by `attach`. */
export class Python {
  readonly process: Process;
  readonly version: PythonVersion;
  readonly layout: Layout;
  readonly runtime: number;
  readonly image: string;
  readonly strategy: string;
  readonly frames: FrameResolver;
  readonly identity: ThreadIdentity;
  readonly activity: Activity;
  readonly codes: CodeCache;
  /** Milliseconds for which the process, or a thread of it, has been stopped for samples: from the first interrupt to letting go. */
  pausedTime = 0;
  readonly #stacks: StackReader;

  constructor({ process, version, layout, runtime, image, strategy }: PythonParts) {
    const reader = new MemoryReader(process.memory, layout.pointerSize);
    this.process = process;
    this.version = version;
    this.layout = layout;
    this.runtime = runtime;
    this.image = image;
    this.strategy = strategy;
    this.codes = new CodeCache(reader, layout);
    this.frames = new FrameResolver(process, layout, this.codes);
    this.activity = new Activity(process);
    this.identity = new ThreadIdentity(process, layout, reader, this.activity);
    this.#stacks = new StackReader(layout, reader, this.codes, runtime);
  }

  /**
   * Reads the stacks of all threads, which each slot then has. The slots are used again by the next sample.
   * Throws `ProcessError` when the process is gone or cannot be paused, `TargetError` or `MemoryError` when its threads
   * cannot be followed.
   *
   * `inspect` is called when the slots have their stacks: before the process runs on where it was paused. With `always`,
   * all of its threads are stopped then.
   */
  sample(pausing: Pausing, inspect?: (slots: readonly ThreadSlot[]) => void): readonly ThreadSlot[] {
    this.activity.begin();
    this.#stacks.begin();
    const stopAll = pausing === "always" && (inspect !== undefined || !this.process.capabilities.pause);
    if (!stopAll && this.#read(pausing)) inspect?.(this.#stacks.slots);
    else this.#readStopped(inspect);
    this.identity.identify(this.#stacks.slots);
    if (pausing === "always") this.activity.noteRest(this.#stacks.slots);
    return this.#stacks.slots;
  }

  /**
   * How many threads there are, how many of their stacks cannot be followed, and how many frames the others have: no
   * threads and all failed speak against the runtime, frames for it.
   */
  probe(): { readonly threads: number; readonly failed: number; readonly frames: number } {
    this.#stacks.begin();
    this.#stacks.read("none");
    const failed = this.#stacks.slots.filter(({ outcome }) => outcome === "failed" || outcome === "gone");
    const frames = this.#stacks.slots.reduce((sum, { stack }) => sum + stack.depth, 0);
    return { threads: this.#stacks.slots.length, failed: failed.length, frames };
  }

  /** False when a stack can only be had while the whole process is stopped, and that is wanted. */
  #read(pausing: Pausing): boolean {
    if (!this.#readRunning(pausing)) return false;
    if (pausing === "never" || !this.process.capabilities.pause) return true;
    const isStopped = pausing === "always" || this.layout.traits.frames === "frame-objects";
    if (isStopped && !this.#readStoppedOnes(pausing)) return false;
    return !this.#isUnclear();
  }

  /**
   * With `always`, the first of two reads: it shows those that rest, and where the others' parts are. False when that cannot
   * be followed while the process runs.
   */
  #readRunning(pausing: Pausing): boolean {
    try {
      this.#stacks.read("none");
      return true;
    } catch (error) {
      if (pausing !== "always" || !(error instanceof TargetError || error instanceof MemoryError)) throw error;
      return false;
    }
  }

  /**
   * Stops the threads that matter and reads their stacks again: with `always` all but those that have rested for long; else,
   * since frame objects cannot be copied at one moment while their thread runs, those that may be running Python. False when
   * it is not known which threads of the system they are.
   *
   * Which threads `always` stops must not depend on what they were seen to do a moment ago: one that is stopped only where
   * it was seen to run has gone on by the time it stops, and what it does for shorter than that is never seen.
   */
  #readStoppedOnes(pausing: Pausing): boolean {
    const { slots } = this.#stacks;
    this.identity.identify(slots);
    const stopped = slots.filter((slot) => (pausing === "always" ? !this.activity.isResting(slot) : !slot.parked && this.activity.mayRun(slot)));
    if (stopped.length === 0) return true;
    const ids = stopped.map(({ osThreadId }) => osThreadId);
    if (ids.includes(0)) return false;
    this.activity.keepStates(ids);
    this.#pause(ids, (threads) => this.#stacks.readAgain(stopped, threads));
    return true;
  }

  #readStopped(inspect?: (slots: readonly ThreadSlot[]) => void): void {
    this.activity.keepAllStates();
    for (let attempt = 1; attempt <= MAX_PAUSES; attempt++) {
      const isRead = this.#pause(undefined, () => {
        this.#stacks.read("all");
        if (this.#isUnclear() && attempt < MAX_PAUSES) return false;
        inspect?.(this.#stacks.slots);
        return true;
      });
      if (isRead) return;
    }
  }

  /** Stops these threads, or all, for as long as `read` takes. */
  #pause<T>(ids: readonly number[] | undefined, read: (threads: readonly number[]) => T): T {
    const pause = this.process.pause(ids);
    try {
      return read(pause.threads);
    } finally {
      pause[Symbol.dispose]();
      this.pausedTime += performance.now() - pause.since;
    }
  }

  #isUnclear(): boolean {
    return this.#stacks.slots.some(({ outcome }) => outcome !== "exact");
  }
}
