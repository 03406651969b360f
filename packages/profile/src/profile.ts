/* The class Profile goes here: see the interface that sampler, cli and formatters are written against. */
import type { Frame, Thread } from "./frame.ts";

/** Index of a frame in a profile. */
export type FrameId = number;
/** Index of a stack in a profile: a frame and the stack of its callers. 0 is the empty stack. */
export type StackId = number;
export type ThreadId = number;

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
}

export type { Frame, Thread };
