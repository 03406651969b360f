import type { Process } from "@pyspy/process";
import type { Profile } from "@pyspy/profile";
import { attachAll } from "./attach.ts";
import type { KnownImages } from "./known-images.ts";
import type { Python } from "./python.ts";
import { formatVersion } from "./python-version.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";
import { isPauseRefused, isReadFailure } from "./recording-failure.ts";

/** After that many samples of which nothing could be read, one after the other, the process is attached to anew. */
const MAX_FAILURES = 3;

export interface TargetOptions extends RecorderOptions {
  /** As in `AttachOptions`. */
  readonly pythonVersion?: string;
}

/** A process whose Python is being recorded, or its Pythons: threads of the others than the first are labelled. */
export class RecordingTarget {
  readonly process: Process;
  readonly python: Python;
  readonly #recorders: readonly Recorder[];
  readonly #profile: Profile;
  #failures = 0;
  #hasRead = false;

  /** Attaches, without waiting for a Python to start. Throws `AttachError` or `ProcessError`. */
  constructor(process: Process, profileOf: (python: Python) => Profile, options: TargetOptions, known: KnownImages) {
    this.process = process;
    const { pythonVersion } = options;
    const [python, ...others] = attachAll(process, { wait: 0, known, ...(pythonVersion !== undefined && { pythonVersion }) });
    this.python = python;
    this.#profile = profileOf(this.python);
    const recorder = new Recorder(python, this.#profile, options);
    this.#recorders = [recorder, ...others.map((other) => new Recorder(other, this.#profile, options, labelOf(other)))];
  }

  /** Milliseconds for which the process was stopped. */
  get pausedTime(): number {
    let sum = 0;
    for (const { pausedTime } of this.#recorders) sum += pausedTime;
    return sum;
  }

  /**
   * Takes a sample. Returns the number of threads; -1 when the process has ended or, it seems, runs another program.
   * Throws `ProcessError` when it must be stopped for each sample and may not be.
   */
  record(time: number, weight: number): number {
    let threads = 0;
    let failed = 0;
    for (const recorder of this.#recorders) {
      const seen = this.#recordOne(recorder, time, weight);
      if (seen < 0) failed++;
      else threads += seen;
    }
    if (failed < this.#recorders.length) this.#failures = 0;
    else if (!this.process.isAlive() || ++this.#failures === MAX_FAILURES) return -1;
    return threads;
  }

  /** -1, and an error counted if the process lives, when it could not be read. */
  #recordOne(recorder: Recorder, time: number, weight: number): number {
    try {
      const threads = recorder.record(time, weight);
      this.#hasRead = true;
      return threads;
    } catch (error) {
      if (!this.#hasRead && isPauseRefused(error)) throw error;
      if (!isReadFailure(error)) throw error;
      if (this.process.isAlive()) this.#profile.counts.errors++;
      return -1;
    }
  }
}

/** Follows thread names. */
function labelOf({ version }: Python): string {
  return ` (Python ${formatVersion(version)})`;
}
