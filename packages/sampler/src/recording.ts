import { Worker } from "node:worker_threads";
import { applyIncrement, Profile } from "@pyspy/profile";
import { RecordingControl, type RecordingProgress } from "./recording-control.ts";
import type { RecordingEnd, RecordingFailure, RecordingMessage, RecordingRequest, RecordOptions } from "./recording-message.ts";

export interface RecordingResult {
  readonly profile: Profile;
  readonly end: RecordingEnd;
}

export class RecordingError extends Error {
  override readonly name = "RecordingError";
  readonly failure: RecordingFailure;

  constructor(failure: RecordingFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A recording under way, on a thread of its own. */
export interface Recording {
  /** What was recorded up to the last update; `undefined` until the process has been attached to. */
  readonly profile: Profile | undefined;
  /** Settles when the recording has ended; rejects with {@link RecordingError} if none could be made, or it failed. */
  readonly result: Promise<RecordingResult>;
  readonly progress: RecordingProgress;
  /** Brings `profile` up to now; settles when it is, and when there is nothing (more) to come. */
  update(): Promise<void>;
  /** Ends the recording; what was recorded is kept. */
  stop(): void;
}

/** Starts to record; returns at once. */
export function record(options: RecordOptions): Recording {
  const control = RecordingControl.create();
  const request: RecordingRequest = { ...options, control: control.buffer };
  const receiver = new RecordingReceiver(new Worker(workerUrl(), { workerData: request, ...inheritedOptions() }));
  return {
    get profile() {
      return receiver.profile;
    },
    result: receiver.result,
    progress: control,
    update: () => receiver.update(control),
    stop: () => control.stop(),
  };
}

/**
 * A thread inherits Node's options by itself, V8's among them; named one by one, those are refused. With --input-type, for a
 * program given as text, it refuses to start: then it is given only what says where packages are.
 */
function inheritedOptions(): { readonly execArgv?: string[] } {
  if (!process.execArgv.some((option) => option.startsWith("--input-type"))) return {};
  return { execArgv: process.execArgv.filter((option) => option.startsWith("--conditions=")) };
}

/** Beside this file, be it the source or what it is bundled into. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./recording-worker.ts" : "./recording-worker.js", import.meta.url);
}

/** Puts together what the recording thread sends. */
class RecordingReceiver {
  profile: Profile | undefined;
  readonly result: Promise<RecordingResult>;
  #waiting: (() => void)[] = [];
  #hasEnded = false;

  constructor(worker: Worker) {
    this.result = new Promise((resolve, reject) => {
      worker.on("message", (message: RecordingMessage) => {
        if ("end" in message && this.profile) resolve({ profile: this.profile, end: message.end });
        else if ("failure" in message) reject(new RecordingError(message.failure));
        else this.#receive(message);
      });
      worker.once("error", reject);
      worker.once("exit", (code) => {
        this.#hasEnded = true;
        this.#updated();
        reject(new Error(`recording thread ended with code ${code}`));
      });
    });
  }

  update(control: RecordingControl): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    control.requestUpdate();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #receive(message: RecordingMessage): void {
    if ("start" in message) this.profile = new Profile(message.start);
    else if ("increment" in message && this.profile) {
      applyIncrement(this.profile, message.increment);
      this.#updated();
    }
  }

  #updated(): void {
    for (const settle of this.#waiting.splice(0)) settle();
  }
}
