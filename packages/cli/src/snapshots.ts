import type { Profile } from "@pyspy/profile";
import type { Recording } from "@pyspy/sampler";
import { isTerminal } from "./is-terminal.ts";
import { tell } from "./message.ts";
import { Output, OutputError } from "./output.ts";
import { onSnapshotSignal } from "./snapshot-signal.ts";
import { speakerPrefix } from "./style.ts";

const STDERR = 2;

export interface SnapshotOptions {
  readonly write: (profile: Profile) => Iterable<string>;
  readonly output: Output;
  /** File for snapshots where the output is none that could be replaced. */
  readonly fallbackName: string;
  /** Makes room on the terminal. */
  readonly clear: () => void;
}

/** Writes what was recorded so far, each time that SIGUSR1 asks for it, until disposed of. The recording goes on. */
export class Snapshots implements Disposable {
  readonly #recording: Recording;
  readonly #options: SnapshotOptions;
  readonly #signal: Disposable;
  #isDisposed = false;

  constructor(recording: Recording, options: SnapshotOptions) {
    this.#recording = recording;
    this.#options = options;
    this.#signal = onSnapshotSignal(() => void this.#take());
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#signal[Symbol.dispose]();
  }

  async #take(): Promise<void> {
    if (this.#recording.profile) await this.#recording.update();
    // The whole profile is about to be written.
    if (this.#isDisposed) return;
    const text = this.#write(this.#recording.profile);
    this.#options.clear();
    tell(STDERR, `${speakerPrefix(isTerminal(STDERR))}${text}\n`);
  }

  #write(profile: Profile | undefined): string {
    if (!profile) return "No snapshot: nothing has been recorded yet";
    const { output, fallbackName, write } = this.#options;
    try {
      const place = output.isFile ? output : new Output(fallbackName);
      place.replace(write(profile));
      return `Wrote a snapshot to ${place.label}. Samples: ${profile.sampleCount} Errors: ${profile.counts.errors}. The recording goes on`;
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      return `No snapshot: ${error.message}. The recording goes on`;
    }
  }
}
