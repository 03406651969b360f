import type { Process } from "@pyspy/process";
import type { Profile } from "@pyspy/profile";
import { attach } from "./attach.ts";
import type { Python } from "./python.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";
import { isReadFailure } from "./recording-failure.ts";

/** After that many samples of which nothing could be read, one after the other, the process is attached to anew. */
const MAX_FAILURES = 3;

/** A Python that is being recorded. */
export class RecordingTarget {
  readonly process: Process;
  readonly python: Python;
  readonly #recorder: Recorder;
  readonly #profile: Profile;
  #failures = 0;

  /** Attaches. Throws `AttachError` or `ProcessError`. */
  constructor(process: Process, profileOf: (python: Python) => Profile, options: RecorderOptions) {
    this.process = process;
    this.python = attach(process);
    this.#profile = profileOf(this.python);
    this.#recorder = new Recorder(this.python, this.#profile, options);
  }

  /** Takes a sample. Returns the number of threads; -1 when the process has ended or, it seems, runs another program. */
  record(time: number, weight: number): number {
    try {
      const threads = this.#recorder.record(time, weight);
      this.#failures = 0;
      return threads;
    } catch (error) {
      if (!isReadFailure(error)) throw error;
      if (!this.process.isAlive()) return -1;
      this.#profile.counts.errors++;
      return ++this.#failures === MAX_FAILURES ? -1 : 0;
    }
  }
}
