import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { MemoryError, openProcess, type Process, ProcessError } from "@pyspy/process";
import { Profile } from "@pyspy/profile";
import { attach } from "./attach.ts";
import { AttachError, TargetError } from "./errors.ts";
import type { Python } from "./python.ts";
import { formatVersion } from "./python-version.ts";
import { Recorder } from "./recorder.ts";
import { RecordingControl } from "./recording-control.ts";
import type { RecordingEnd, RecordingFailure, RecordingMessage, RecordingRequest } from "./recording-message.ts";
import { SamplingClock } from "./sampling-clock.ts";

/** How long to wait before the next attempt to attach to a process that is starting. */
const ATTACH_INTERVAL_MS = 10;

if (!isMainThread) parentPort?.postMessage(run(workerData as RecordingRequest));

function run(request: RecordingRequest): RecordingMessage {
  const control = new RecordingControl(request.control);
  try {
    using process = openProcess(request.pid);
    const python = attachWaiting(process, request.wait ?? 0, control);
    const profile = new Profile({
      interval: 1 / request.rate,
      startTime: Date.now(),
      title: request.title ?? process.commandLine().join(" "),
      pythonVersion: formatVersion(python.version),
      pid: process.pid,
      commandLine: process.commandLine(),
    });
    const end = recordInto(profile, python, request, control);
    return { profile: profile.toData(), end };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** A process that has just been started has to load Python first. */
function attachWaiting(process: Process, seconds: number, control: RecordingControl): Python {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return attach(process);
    } catch (error) {
      const mayCome = error instanceof AttachError || (error instanceof ProcessError && error.code === "file-not-found");
      if (!mayCome || performance.now() > deadline || !process.isAlive()) throw error;
    }
    if (!control.sleep(ATTACH_INTERVAL_MS)) throw new AttachError("interpreter-not-found", process.pid, "stopped before Python had started");
  }
}

function recordInto(profile: Profile, python: Python, request: RecordingRequest, control: RecordingControl): RecordingEnd {
  const { idle = false, gil = false, pausing = "when-needed" } = request;
  const recorder = new Recorder(python, profile, { idle, gil, pausing });
  const clock = new SamplingClock(request.rate);
  let ticks = 0;
  let threads = 0;
  try {
    for (;;) {
      const tick = clock.next((milliseconds) => control.sleep(milliseconds));
      if (!tick) return "stopped";
      if (tick.time >= request.duration) return "duration";
      const seen = recordTick(recorder, python.process, profile, tick);
      if (seen < 0) return "process-ended";
      threads = seen;
      ticks++;
      control.report({ ticks, samples: profile.sampleCount, ...profile.counts, late: clock.late, threads });
    }
  } finally {
    profile.counts.late = clock.late;
    profile.duration = Math.min(clock.elapsed, request.duration);
  }
}

/** Number of threads; -1 when the process is gone. */
function recordTick(recorder: Recorder, process: Process, profile: Profile, tick: { time: number; weight: number }): number {
  try {
    return recorder.record(tick.time, tick.weight);
  } catch (error) {
    if (!isReadFailure(error)) throw error;
    if (!process.isAlive()) return -1;
    profile.counts.errors++;
    return 0;
  }
}

function isReadFailure(error: unknown): boolean {
  return error instanceof MemoryError || error instanceof TargetError || error instanceof ProcessError;
}

function failureOf(error: unknown): RecordingFailure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof AttachError || error instanceof ProcessError ? error.code : "";
  // A bug, unlike a fact about the process, is of use only with its place.
  const known = code !== "" || isReadFailure(error);
  return { name, code, message: known || !(error instanceof Error) ? message : (error.stack ?? message) };
}
