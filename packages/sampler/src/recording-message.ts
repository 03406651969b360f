import type { ProfileIncrement, ProfileInfo } from "@pyspy/profile";
import type { Pausing } from "./pausing.ts";

export interface RecordOptions {
  readonly pid: number;
  /** Samples a second. */
  readonly rate: number;
  /** Seconds; `Infinity` until the process ends or `stop` is called. */
  readonly duration: number;
  /** What the profile is called. Default: the process's command line. */
  readonly title?: string;
  /** Keeps samples of idle threads. Default: false. */
  readonly idle?: boolean;
  /** Keeps only samples of the thread that holds the GIL. Default: false. */
  readonly gil?: boolean;
  /** Records the descendants of the process as well; the process itself need not be a Python then. Default: false. */
  readonly subprocesses?: boolean;
  /** Leaves stacks that could not be proved out of the profile; they are counted as torn. Default: false. */
  readonly strict?: boolean;
  /**
   * Share of one core, more than 0 and up to 1, that this process may take while it records, and share of the time for
   * which the recorded one may be stopped. Ticks are skipped to keep to it, down to one sample a second; `rate` is then
   * the most. Default: no limit.
   */
  readonly maxOverhead?: number;
  /** Default: "when-needed". */
  readonly pausing?: Pausing;
  /** Major and minor version, such as "3.12", instead of what processes say of themselves. */
  readonly pythonVersion?: string;
  /** Seconds between updates of `Recording.profile`. Default: 1. */
  readonly updateInterval?: number;
  /** Seconds to wait for a process that has just started to become a Python. Default: 0. */
  readonly wait?: number;
}

/** Why a recording ended. */
export type RecordingEnd = "duration" | "stopped" | "process-ended";

/** Why a recording could not be made. */
export interface RecordingFailure {
  /** Name of the error's class, "AttachError" or "ProcessError" among them, and its code if it has one. */
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** What the recording thread is started with. */
export interface RecordingRequest extends RecordOptions {
  readonly control: SharedArrayBuffer;
}

/** What it sends back: the start, increments of the profile, the end; or, instead of what is left of them, a failure. */
export type RecordingMessage =
  | { readonly start: ProfileInfo }
  | { readonly increment: ProfileIncrement }
  | { readonly end: RecordingEnd }
  | { readonly failure: RecordingFailure };
