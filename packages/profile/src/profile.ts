import type { Frame, Thread } from "./frame.ts";
import { frameKey, threadKey } from "./intern-key.ts";
import { type ProfileData, validateProfileData } from "./profile-data.ts";
import { ProfileDataError } from "./profile-data-error.ts";
import type { ProfiledProcess } from "./profiled-process.ts";
import { type SampleBlocks, validateSamples } from "./sample-blocks.ts";
import { MAX_TIME, MAX_WEIGHT } from "./sample-code.ts";
import { SampleCursor } from "./sample-cursor.ts";
import { SampleTable } from "./sample-table.ts";
import { type StackColumns, StackTable } from "./stack-table.ts";

/** Index of a frame in a profile. */
export type FrameId = number;
/** Index of a stack in a profile: a frame and the stack of its callers. 0 is the empty stack. */
export type StackId = number;
/** Index of a thread in a profile; not the operating system's number. */
export type ThreadId = number;

/** What is known of a recording from its start. */
export interface ProfileInfo {
  /** Seconds between samples as asked for, 1 / rate. */
  readonly interval: number;
  /** Wall clock at the start, in milliseconds since 1970. */
  readonly startTime: number;
  readonly title: string;
  readonly pythonVersion: string;
  readonly pid: number;
  readonly commandLine: readonly string[];
}

/** What was seen of one thread at one tick; what flags mean, in `SampleFlags`. */
export interface Sample {
  readonly thread: ThreadId;
  readonly stack: StackId;
  /** Seconds since the start of the recording. */
  readonly time: number;
  /** How many intervals the sample stands for: 1 unless ticks were late. */
  readonly weight: number;
  readonly flags: number;
  /** Seconds of CPU time that the thread was charged with since its sample before; 0 if none, and where it is not known. */
  readonly cpuTime: number;
}

/** What did not become a sample, or not in time; for the summary. */
export interface ProfileCounts {
  /** Samples that failed. */
  errors: number;
  /** Samples whose stack changed each time it was read: kept, unless only proved ones were asked for, though their frames may be of two moments. */
  torn: number;
  /** Ticks that were missed. */
  late: number;
}

/** A recording: frames, threads and stacks, each held once, and the samples that point to them. */
export class Profile {
  readonly info: ProfileInfo;
  /** Plain numbers for the sampler to count up. */
  readonly counts: ProfileCounts = { errors: 0, torn: 0, late: 0 };
  /** Seconds recorded, for the sampler to set at the end. While 0, the last sample's end is all that is known. */
  duration = 0;

  readonly #frames: Frame[] = [];
  readonly #frameIds = new Map<string, FrameId>();
  readonly #threads: Thread[] = [];
  readonly #threadIds = new Map<string, ThreadId>();
  readonly #processes = new Map<number, ProfiledProcess>();
  readonly #stacks = new StackTable();
  readonly #samples = new SampleTable();

  /** Throws a RangeError if the interval is no number of seconds. */
  constructor(info: ProfileInfo) {
    if (!(info.interval > 0 && info.interval < Infinity)) throw new RangeError(`interval of ${info.interval} s`);
    this.info = { ...info, commandLine: [...info.commandLine] };
    this.addProcess({ pid: info.pid, parentPid: 0, commandLine: info.commandLine });
  }

  /** The profile that `toData` made the data of, on this thread or another. Takes over the samples' blocks. */
  static fromData(data: unknown): Profile {
    validateProfileData(data);
    const profile = new Profile(data.info);
    profile.duration = data.duration;
    Object.assign(profile.counts, data.counts);
    for (const process of data.processes) profile.addProcess(process);
    data.frames.forEach((frame, id) => requireSame("frame", id, profile.frameId(frame)));
    data.threads.forEach((thread, id) => requireSame("thread", id, profile.threadId(thread)));
    const { parents, frames } = data.stacks;
    for (let id = 1; id < parents.length; id++) {
      requireSame("stack", id, profile.#stacks.add(parents[id]!, frames[id]!));
    }
    profile.#samples.append(data.samples);
    return profile;
  }

  /** Id of a frame, the same for equal frames. Makes a string: keep the id beside what the frame was made from. */
  frameId(frame: Frame): FrameId {
    return intern(frame, frameKey(frame), this.#frames, this.#frameIds);
  }

  threadId(thread: Thread): ThreadId {
    return intern(thread, threadKey(thread), this.#threads, this.#threadIds);
  }

  /** Says what a process is; a later call for the same pid replaces the earlier. `info`'s is known already. */
  addProcess(process: ProfiledProcess): void {
    this.#processes.set(process.pid, { ...process, commandLine: [...process.commandLine] });
  }

  /**
   * Id of the stack in which `frame` was called from `parent`, the same for equal stacks. Allocates nothing but, now and
   * then, room for more. Throws a RangeError if the profile has no such parent or frame.
   */
  stackId(parent: StackId, frame: FrameId): StackId {
    if (!(parent >= 0 && parent < this.#stacks.size)) throw new RangeError(`no stack ${parent} in the profile`);
    if (!(frame >= 0 && frame < this.#frames.length)) throw new RangeError(`no frame ${frame} in the profile`);
    return this.#stacks.add(parent, frame);
  }

  /**
   * Adds a sample; those of one thread must come in order of time. `time` is in seconds since the start, `weight` in
   * intervals, `flags` bits of `SampleFlags`, `cpuTime` in seconds. Times are kept to 100 ns, a weight in single precision.
   * Allocates nothing but, now and then, room for some ten thousand more. Throws a RangeError on a number out of range.
   */
  addSample(thread: ThreadId, stack: StackId, time: number, weight: number, flags: number, cpuTime = 0): void {
    if (!(thread >= 0 && thread < this.#threads.length)) throw new RangeError(`no thread ${thread} in the profile`);
    if (!(stack >= 0 && stack < this.#stacks.size)) throw new RangeError(`no stack ${stack} in the profile`);
    if (!(time >= 0 && time <= MAX_TIME)) throw new RangeError(`sample at ${time} s`);
    if (!(weight >= 0 && weight <= MAX_WEIGHT)) throw new RangeError(`sample of weight ${weight}`);
    if (!(cpuTime >= 0 && cpuTime <= MAX_TIME)) throw new RangeError(`sample of ${cpuTime} s of CPU time`);
    this.#samples.add(thread, stack, time, weight, flags, cpuTime);
  }

  /** Adds what another profile's `takeSamples` gave, and takes over the blocks. Throws a ProfileDataError unless they hold samples of this profile's threads and stacks. */
  addSamples(samples: SampleBlocks): void {
    validateSamples(samples, this.#threads.length, this.#stacks.size);
    this.#samples.append(samples);
  }

  /** Indexed by `FrameId`. */
  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** Indexed by `ThreadId`. */
  get threads(): readonly Thread[] {
    return this.#threads;
  }

  /** Processes known, the one of `info` first. */
  get processes(): readonly ProfiledProcess[] {
    return [...this.#processes.values()];
  }

  /** Number of stacks, the empty one included. */
  get stackCount(): number {
    return this.#stacks.size;
  }

  get sampleCount(): number {
    return this.#samples.size;
  }

  /** Innermost frame of a stack; without meaning for the empty stack. */
  stackFrame(stack: StackId): FrameId {
    return this.#stacks.frame(stack);
  }

  /** Stack of the callers, always a smaller number; 0 for the empty stack. */
  stackParent(stack: StackId): StackId {
    return this.#stacks.parent(stack);
  }

  /** Frames root first; none for the empty stack. */
  stackFrames(stack: StackId): FrameId[] {
    return this.#stacks.path(stack);
  }

  /** The samples that there are now, in the order they were added. Good until they are taken. */
  samples(): SampleCursor {
    return new SampleCursor(this.#samples.view(), this.#threads.length);
  }

  /** All samples as they are held; the profile has none afterwards. */
  takeSamples(): SampleBlocks {
    return this.#samples.take();
  }

  /** Views of the stacks' columns; good until the next `stackId`. */
  stackColumns(): StackColumns {
    return this.#stacks.columns();
  }

  /** The whole profile as plain data, a copy, that `structuredClone` and `postMessage` take. */
  toData(): ProfileData {
    const stacks = this.#stacks.columns();
    return {
      version: 1,
      info: this.info,
      counts: { ...this.counts },
      duration: this.duration,
      processes: this.processes,
      frames: [...this.#frames],
      threads: [...this.#threads],
      stacks: { parents: stacks.parents.slice(), frames: stacks.frames.slice() },
      samples: this.#samples.copy(),
    };
  }
}

function intern<T extends object>(value: T, key: string, values: T[], ids: Map<string, number>): number {
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = values.length;
  values.push(Object.freeze({ ...value }));
  ids.set(key, id);
  return id;
}

/** Interning gives every entry its place in the data back, unless the data holds something twice. */
function requireSame(what: string, id: number, interned: number): void {
  if (id !== interned) throw new ProfileDataError(`${what} ${id} is the same as ${what} ${interned}`);
}
