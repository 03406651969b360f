import type { Layout } from "@pyspy/layouts";
import type { Process } from "@pyspy/process";
import { Activity } from "./activity.ts";
import { CodeCache } from "./code-cache.ts";
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
  /** Milliseconds for which threads of the process were stopped, from the wish to stop them to when they had been let go. */
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
   * `inspect` is called when the slots have their stacks: before the process runs on where it was paused.
   */
  sample(pausing: Pausing, inspect?: (slots: readonly ThreadSlot[]) => void): readonly ThreadSlot[] {
    this.activity.begin();
    if (pausing === "always") this.#samplePaused(inspect);
    else if (this.#sampleRunning(pausing)) inspect?.(this.#stacks.slots);
    else this.#samplePaused(inspect);
    this.identity.identify(this.#stacks.slots);
    return this.#stacks.slots;
  }

  /**
   * How many threads there are, how many of their stacks cannot be followed, and how many frames the others have: no
   * threads and all failed speak against the runtime, frames for it.
   */
  probe(): { readonly threads: number; readonly failed: number; readonly frames: number } {
    this.#stacks.sample();
    const failed = this.#stacks.slots.filter(({ outcome }) => outcome === "failed" || outcome === "gone");
    const frames = this.#stacks.slots.reduce((sum, { stack }) => sum + stack.depth, 0);
    return { threads: this.#stacks.slots.length, failed: failed.length, frames };
  }

  /** False when a stack can only be had while the process is stopped, and that is wanted. */
  #sampleRunning(pausing: Pausing): boolean {
    this.#stacks.sample();
    if (pausing === "never" || !this.process.capabilities.pause) return true;
    if (this.layout.traits.frames === "frame-objects" && !this.#sampleRunningStopped()) return false;
    return !this.#isUnclear();
  }

  /**
   * Frame objects cannot be copied at one moment while their thread runs: those that do are stopped, and read again.
   * False when it is not known which they are.
   */
  #sampleRunningStopped(): boolean {
    const { slots } = this.#stacks;
    this.identity.identify(slots);
    const running = slots.filter((slot) => this.activity.mayRun(slot)).map(({ osThreadId }) => osThreadId);
    if (running.length === 0) return true;
    if (running.includes(0)) return false;
    const start = performance.now();
    try {
      using pause = this.process.pause(running);
      this.#stacks.sample(pause.threads);
    } finally {
      this.pausedTime += performance.now() - start;
    }
    return true;
  }

  #samplePaused(inspect?: (slots: readonly ThreadSlot[]) => void): void {
    this.activity.keepStates();
    const start = performance.now();
    try {
      for (let attempt = 1; attempt <= MAX_PAUSES; attempt++) {
        using _pause = this.process.pause();
        this.#stacks.sample("all");
        if (this.#isUnclear() && attempt < MAX_PAUSES) continue;
        inspect?.(this.#stacks.slots);
        return;
      }
    } finally {
      this.pausedTime += performance.now() - start;
    }
  }

  #isUnclear(): boolean {
    return this.#stacks.slots.some(({ outcome }) => outcome !== "exact");
  }
}
