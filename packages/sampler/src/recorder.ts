import { type FrameId, type Profile, SampleFlags, type StackId, type ThreadId } from "@pyspy/profile";
import { instructionKey } from "./instruction-key.ts";
import type { Pausing } from "./pausing.ts";
import type { Python } from "./python.ts";
import { isPauseRefused } from "./recording-failure.ts";
import type { PythonFrame } from "./thread-stack.ts";
import type { ThreadSlot } from "./thread-slot.ts";

export interface RecorderOptions {
  /** Keeps samples of idle threads. */
  readonly idle: boolean;
  /** Keeps only samples of the thread that holds the GIL. */
  readonly gil: boolean;
  readonly pausing: Pausing;
  /** Leaves out what could not be proved: torn stacks are counted only. Default: false. */
  readonly strict?: boolean;
}

/** A frame of the profile, with what decides on idleness; `undefined` for frames that are not shown. */
interface ResolvedFrame {
  readonly id: FrameId;
  readonly frame: PythonFrame;
}

/** What a thread is in the profile, and the frames of its last stack there. */
interface RecordedThread {
  id: ThreadId;
  osThreadId: number;
  name: string;
  /** By depth: the frame, and the stack that ends with it. */
  readonly frames: (PythonFrame | undefined)[];
  readonly stacks: StackId[];
}

/** Puts samples of one Python into a profile. */
export class Recorder {
  readonly #python: Python;
  readonly #profile: Profile;
  readonly #options: RecorderOptions;
  #pausing: Pausing;
  readonly #label: string;
  /** By (code, instruction). */
  readonly #frames = new Map<number, ResolvedFrame | undefined>();
  /** Of the code objects that the frames are known by. */
  #generation = 0;
  readonly #threads = new WeakMap<ThreadSlot, RecordedThread>();

  /** `label`: follows the threads' names. */
  constructor(python: Python, profile: Profile, options: RecorderOptions, label = "") {
    this.#python = python;
    this.#profile = profile;
    this.#options = options;
    this.#pausing = options.pausing;
    this.#label = label;
  }

  /** As in `Python`. */
  get pausedTime(): number {
    return this.#python.pausedTime;
  }

  /**
   * Takes a sample of all threads. Returns how many threads there are. Throws `ProcessError` when the process is gone,
   * `TargetError` or `MemoryError` when nothing of it could be read.
   */
  record(time: number, weight: number): number {
    const slots = this.#sample();
    if (this.#generation !== this.#python.codes.generation) this.#forgetCodes();
    for (const slot of slots) {
      if (slot.outcome === "failed" || slot.outcome === "gone") this.#profile.counts.errors++;
      // Parts that moved in every round: there is no stack to show.
      else if (slot.outcome === "stale") this.#profile.counts.torn++;
      else if (slot.stack.depth > 0 && !slot.ended) this.#recordStack(slot, slots, time, weight);
    }
    return slots.length;
  }

  /** Where stopping is a help only, and refused, it is done without. */
  #sample(): readonly ThreadSlot[] {
    try {
      return this.#python.sample(this.#pausing);
    } catch (error) {
      if (this.#pausing !== "when-needed" || !isPauseRefused(error)) throw error;
      this.#pausing = "never";
      return this.#python.sample("never");
    }
  }

  #forgetCodes(): void {
    this.#generation = this.#python.codes.generation;
    this.#frames.clear();
  }

  #recordStack(slot: ThreadSlot, slots: readonly ThreadSlot[], time: number, weight: number): void {
    if (slot.outcome === "torn") this.#profile.counts.torn++;
    if (slot.outcome === "torn" && this.#options.strict) return;
    if (this.#options.gil && !slot.holdsGil) return;
    const thread = this.#thread(slot, slots);
    this.#internStack(slot, thread);
    const stack = thread.stacks[slot.stack.depth - 1] as StackId;
    if (stack === 0) return;
    const active = this.#python.activity.isActive(slot, innermost(thread, slot.stack.depth));
    if (!active && !this.#options.idle) return;
    const flags = (active ? 0 : SampleFlags.idle) | (slot.holdsGil ? SampleFlags.gilHolder : 0);
    this.#profile.addSample(thread.id, stack, time, weight, flags, slot.takeCpuTime());
  }

  #thread(slot: ThreadSlot, slots: readonly ThreadSlot[]): RecordedThread {
    let thread = this.#threads.get(slot);
    if (thread && thread.name !== "" && thread.osThreadId === slot.osThreadId) return thread;
    const name = this.#python.identity.nameOf(slot, slots);
    const id = this.#profile.threadId({
      pid: this.#python.process.pid,
      interpreter: slot.interpreter.id,
      osThreadId: slot.osThreadId,
      threadId: slot.threadId,
      name: name + this.#label,
    });
    if (!thread) slot.stack.sinceRecorded = 0;
    thread = { id, osThreadId: slot.osThreadId, name, frames: thread?.frames ?? [], stacks: thread?.stacks ?? [] };
    this.#threads.set(slot, thread);
    return thread;
  }

  #internStack({ stack }: ThreadSlot, { frames, stacks }: RecordedThread): void {
    for (let index = stack.sinceRecorded; index < stack.depth; index++) {
      const caller = index === 0 ? 0 : (stacks[index - 1] as StackId);
      const frame = this.#frame(stack.codes[index] as number, stack.instructions[index] as number);
      frames[index] = frame?.frame;
      stacks[index] = frame ? this.#profile.stackId(caller, frame.id) : caller;
    }
    stack.sinceRecorded = stack.depth;
  }

  #frame(code: number, instruction: number): ResolvedFrame | undefined {
    const key = instructionKey(code, instruction);
    const known = this.#frames.get(key);
    if (known !== undefined || this.#frames.has(key)) return known;
    const frame = this.#python.frames.resolve(code, instruction);
    const resolved = frame && { frame, id: this.#profile.frameId({ kind: "python", module: "", ...frame }) };
    this.#frames.set(key, resolved);
    return resolved;
  }
}

/** The innermost frame that is shown. */
function innermost({ frames }: RecordedThread, depth: number): PythonFrame | undefined {
  for (let index = depth - 1; index >= 0; index--) if (frames[index]) return frames[index];
  return undefined;
}
