import { Worker } from "node:worker_threads";
import { Profile } from "@pyspy/profile";
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
  /** Settles when the recording has ended; rejects with {@link RecordingError} if none could be made. */
  readonly result: Promise<RecordingResult>;
  readonly progress: RecordingProgress;
  /** Ends the recording; what was recorded is kept. */
  stop(): void;
}

/** Starts to record; returns at once. */
export function record(options: RecordOptions): Recording {
  const control = RecordingControl.create();
  const request: RecordingRequest = { ...options, control: control.buffer };
  const worker = new Worker(workerUrl(), { workerData: request });
  return { result: resultOf(worker), progress: control, stop: () => control.stop() };
}

/** Beside this file, be it the source or what it is bundled into. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./recording-worker.ts" : "./recording-worker.js", import.meta.url);
}

async function resultOf(worker: Worker): Promise<RecordingResult> {
  const message = await new Promise<RecordingMessage>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`recording thread ended with code ${code}`)));
  });
  if ("failure" in message) throw new RecordingError(message.failure);
  return { profile: Profile.fromData(message.profile), end: message.end };
}
