import { type FrameId, type Profile, SampleFlags, type StackId, type ThreadId } from "@pyspy/profile";
import type { Pausing } from "./pausing.ts";
import type { Python } from "./python.ts";
import type { PythonFrame } from "./thread-stack.ts";
import { hasSameStack, type ThreadSlot } from "./thread-slot.ts";

export interface RecorderOptions {
  /** Keeps samples of idle threads. */
  readonly idle: boolean;
  /** Keeps only samples of the thread that holds the GIL. */
  readonly gil: boolean;
  readonly pausing: Pausing;
}

/** Instruction offsets are below this: code objects of 16 MiB. */
const INSTRUCTIONS = 2 ** 24;

/** A frame of the profile, with what decides on idleness; `undefined` for frames that are not shown. */
interface ResolvedFrame {
  readonly id: FrameId;
  readonly frame: PythonFrame;
}

/** What a thread is in the profile, and its last stack there. */
interface RecordedThread {
  id: ThreadId;
  osThreadId: number;
  name: string;
  stack: StackId;
  innermost: PythonFrame | undefined;
  /** `ThreadSlot.samples` at the time: what a slot had before its current stack is not always what was recorded last. */
  sample: number;
}

/** Puts samples of one Python into a profile. */
export class Recorder {
  readonly #python: Python;
  readonly #profile: Profile;
  readonly #options: RecorderOptions;
  /** By (code, instruction). */
  readonly #frames = new Map<number, ResolvedFrame | undefined>();
  readonly #threads = new WeakMap<ThreadSlot, RecordedThread>();

  constructor(python: Python, profile: Profile, options: RecorderOptions) {
    this.#python = python;
    this.#profile = profile;
    this.#options = options;
  }

  /**
   * Takes a sample of all threads. Returns how many threads there are. Throws `ProcessError` when the process is gone,
   * `TargetError` or `MemoryError` when nothing of it could be read.
   */
  record(time: number, weight: number): number {
    const slots = this.#python.sample(this.#options.pausing);
    for (const slot of slots) {
      if (slot.outcome === "failed" || slot.outcome === "gone") this.#profile.counts.errors++;
      // Parts that moved in every round: there is no stack to show.
      else if (slot.outcome === "stale") this.#profile.counts.torn++;
      else if (slot.stack.depth > 0) this.#recordThread(slot, slots, time, weight);
    }
    return slots.length;
  }

  #recordThread(slot: ThreadSlot, slots: readonly ThreadSlot[], time: number, weight: number): void {
    if (slot.outcome === "torn") this.#profile.counts.torn++;
    if (this.#options.gil && !slot.holdsGil) return;
    const thread = this.#thread(slot, slots);
    if (thread.stack === 0 || thread.sample !== slot.samples - 1 || !hasSameStack(slot)) this.#internStack(slot, thread);
    thread.sample = slot.samples;
    if (thread.stack === 0) return;
    const active = this.#python.activity.isActive(slot, thread.innermost);
    if (!active && !this.#options.idle) return;
    const flags = (active ? 0 : SampleFlags.idle) | (slot.holdsGil ? SampleFlags.gilHolder : 0);
    this.#profile.addSample(thread.id, thread.stack, time, weight, flags);
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
      name,
    });
    thread = { id, osThreadId: slot.osThreadId, name, stack: thread?.stack ?? 0, innermost: thread?.innermost, sample: thread?.sample ?? 0 };
    this.#threads.set(slot, thread);
    return thread;
  }

  #internStack(slot: ThreadSlot, thread: RecordedThread): void {
    const { stack } = slot;
    thread.stack = 0;
    thread.innermost = undefined;
    for (let index = stack.end - 1; index >= stack.start; index--) {
      const frame = this.#frame(stack.codes[index] as number, stack.instructions[index] as number);
      if (!frame) continue;
      thread.stack = this.#profile.stackId(thread.stack, frame.id);
      thread.innermost = frame.frame;
    }
  }

  #frame(code: number, instruction: number): ResolvedFrame | undefined {
    const key = code * INSTRUCTIONS + Math.max(instruction, 0);
    const known = this.#frames.get(key);
    if (known !== undefined || this.#frames.has(key)) return known;
    const frame = this.#python.frames.resolve(code, instruction);
    const resolved = frame && { frame, id: this.#profile.frameId({ kind: "python", module: "", ...frame }) };
    this.#frames.set(key, resolved);
    return resolved;
  }
}
