import { openProcess, type Process, ProcessError } from "@pyspy/process";
import { drainProfile, Profile, PROFILE_START, type ProfileCursor } from "@pyspy/profile";
import { attach } from "./attach.ts";
import { AttachError } from "./errors.ts";
import type { Python } from "./python.ts";
import { formatVersion } from "./python-version.ts";
import { Recorder } from "./recorder.ts";
import type { RecordingControl } from "./recording-control.ts";
import { isReadFailure } from "./recording-failure.ts";
import type { RecordingEnd, RecordingMessage, RecordingRequest } from "./recording-message.ts";
import { SamplingClock, type Tick } from "./sampling-clock.ts";

/** How long to wait before the next attempt to attach to a process that is starting. */
const ATTACH_INTERVAL_MS = 10;

/** One recording from attaching to its end, on the thread that it is run on. */
export class RecordingSession {
  readonly #request: RecordingRequest;
  readonly #control: RecordingControl;
  readonly #post: (message: RecordingMessage) => void;
  #ticks = 0;
  #samples = 0;
  #threads = 0;
  #cursor: ProfileCursor = PROFILE_START;
  #sentAt = 0;

  /** What is recorded goes to `post`: the start, then increments. */
  constructor(request: RecordingRequest, control: RecordingControl, post: (message: RecordingMessage) => void) {
    this.#request = request;
    this.#control = control;
    this.#post = post;
  }

  /** Throws `AttachError` or `ProcessError` when there is nothing to record. */
  run(): RecordingEnd {
    using process = openProcess(this.#request.pid);
    const python = this.#attach(process);
    const profile = this.#newProfile(process, python);
    this.#post({ start: profile.info });
    return this.#record(profile, python);
  }

  /** A process that has just been started has to load Python first. */
  #attach(process: Process): Python {
    const deadline = performance.now() + (this.#request.wait ?? 0) * 1000;
    for (;;) {
      try {
        return attach(process);
      } catch (error) {
        const mayCome = error instanceof AttachError || (error instanceof ProcessError && error.code === "file-not-found");
        if (!mayCome || performance.now() > deadline || !process.isAlive()) throw error;
      }
      if (!this.#control.sleep(ATTACH_INTERVAL_MS)) {
        throw new AttachError("interpreter-not-found", process.pid, "stopped before Python had started");
      }
    }
  }

  #newProfile(process: Process, python: Python): Profile {
    const commandLine = process.commandLine();
    return new Profile({
      interval: 1 / this.#request.rate,
      startTime: Date.now(),
      title: this.#request.title ?? commandLine.join(" "),
      pythonVersion: formatVersion(python.version),
      pid: process.pid,
      commandLine,
    });
  }

  #record(profile: Profile, python: Python): RecordingEnd {
    const { rate, duration, idle = false, gil = false, pausing = "when-needed" } = this.#request;
    const recorder = new Recorder(python, profile, { idle, gil, pausing });
    const clock = new SamplingClock(rate);
    try {
      for (;;) {
        const tick = clock.next((milliseconds) => this.#control.sleep(milliseconds));
        if (!tick) return "stopped";
        if (tick.time >= duration) return "duration";
        if (!this.#recordTick(recorder, python.process, profile, tick)) return "process-ended";
        this.#update(profile, clock, tick.time);
      }
    } finally {
      this.#send(profile, clock);
    }
  }

  /** False when the process is gone. */
  #recordTick(recorder: Recorder, process: Process, profile: Profile, tick: Tick): boolean {
    const before = profile.sampleCount;
    try {
      this.#threads = recorder.record(tick.time, tick.weight);
    } catch (error) {
      if (!isReadFailure(error)) throw error;
      if (!process.isAlive()) return false;
      profile.counts.errors++;
    }
    this.#samples += profile.sampleCount - before;
    this.#ticks++;
    return true;
  }

  #update(profile: Profile, clock: SamplingClock, time: number): void {
    const { errors, torn } = profile.counts;
    this.#control.report({ ticks: this.#ticks, samples: this.#samples, errors, torn, late: clock.late, threads: this.#threads });
    if (time - this.#sentAt < (this.#request.updateInterval ?? 1)) return;
    this.#sentAt = time;
    this.#send(profile, clock);
  }

  #send(profile: Profile, clock: SamplingClock): void {
    profile.counts.late = clock.late;
    profile.duration = Math.min(clock.elapsed, this.#request.duration);
    const { increment, cursor } = drainProfile(profile, this.#cursor);
    this.#cursor = cursor;
    this.#post({ increment });
  }
}
