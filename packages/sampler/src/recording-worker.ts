import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { RecordingControl } from "./recording-control.ts";
import { failureOf } from "./recording-failure.ts";
import type { RecordingMessage, RecordingRequest } from "./recording-message.ts";
import { RecordingSession } from "./recording-session.ts";

/** Runs on a thread of its own and does not go back to its event loop before the recording has ended. */
if (!isMainThread) {
  const request = workerData as RecordingRequest;
  try {
    post({ end: new RecordingSession(request, new RecordingControl(request.control), post).run() });
  } catch (error) {
    post({ failure: failureOf(error) });
  }
}

function post(message: RecordingMessage): void {
  parentPort?.postMessage(message);
}
