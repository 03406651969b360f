import { ProcessError } from "@pyspy/process";
import { drainProfile, Profile, PROFILE_START, type ProfileCursor } from "@pyspy/profile";
import { START_TIME } from "./attach.ts";
import { AttachError } from "./errors.ts";
import { OverheadLimit } from "./overhead-limit.ts";
import type { Python } from "./python.ts";
import { formatVersion } from "./python-version.ts";
import { RecordedProcesses, SEARCH_INTERVAL } from "./recorded-processes.ts";
import type { RecordingControl } from "./recording-control.ts";
import type { RecordingEnd, RecordingMessage, RecordingRequest } from "./recording-message.ts";
import { SamplingClock } from "./sampling-clock.ts";

/** How long to wait before the next attempt to attach to a process that is starting. */
const ATTACH_INTERVAL_MS = 10;
/** How long to look for a first Python among the descendants of a process that is none. */
const FIRST_PYTHON_MS = 2000;

/** One recording from attaching to its end, on the thread that it is run on. */
export class RecordingSession {
  readonly #request: RecordingRequest;
  readonly #control: RecordingControl;
  readonly #post: (message: RecordingMessage) => void;
  readonly #processes: RecordedProcesses;
  readonly #limit: OverheadLimit | undefined;
  #profile: Profile | undefined;
  #ticks = 0;
  #samples = 0;
  #threads = 0;
  #cursor: ProfileCursor = PROFILE_START;
  #sentAt = 0;

  /** What is recorded goes to `post`: the start, then increments. */
  constructor(request: RecordingRequest, control: RecordingControl, post: (message: RecordingMessage) => void) {
    const { pid, rate, maxOverhead, subprocesses = false, idle = false, gil = false, strict = false, pausing = "when-needed", pythonVersion } = request;
    const options = { idle, gil, strict, pausing, ...(pythonVersion !== undefined && { pythonVersion }) };
    this.#request = request;
    this.#control = control;
    this.#post = post;
    this.#limit = maxOverhead === undefined ? undefined : new OverheadLimit(maxOverhead, rate);
    this.#processes = new RecordedProcesses(pid, subprocesses, (python) => this.#profileOf(python), options);
  }

  /** Throws `AttachError` or `ProcessError` when there is nothing to record. */
  run(): RecordingEnd {
    using _processes = this.#processes;
    if (this.#request.subprocesses) this.#findFirst();
    else this.#attach();
    return this.#record(this.#profile as Profile);
  }

  /** A process that has just been started has to load Python first. */
  #attach(): void {
    const { pid, wait = 0 } = this.#request;
    const start = performance.now();
    for (;;) {
      try {
        return this.#processes.attachRoot();
      } catch (error) {
        const mayCome = error instanceof AttachError || (error instanceof ProcessError && error.code !== "permission-denied");
        const patience = error instanceof AttachError && error.mayCome ? Math.max(wait * 1000, START_TIME) : wait * 1000;
        if (!mayCome || performance.now() - start > patience || isGone(error)) throw error;
      }
      if (!this.#control.sleep(ATTACH_INTERVAL_MS)) {
        throw new AttachError("interpreter-not-found", pid, "stopped before Python had started");
      }
    }
  }

  #findFirst(): void {
    const { pid, wait = 0 } = this.#request;
    const deadline = performance.now() + Math.max(wait * 1000, FIRST_PYTHON_MS);
    do {
      this.#processes.search();
      if (this.#processes.attached > 0) return;
    } while (this.#processes.running > 0 && performance.now() < deadline && this.#control.sleep(ATTACH_INTERVAL_MS));
    if (this.#processes.running === 0) throw new ProcessError("no-such-process", pid, `process ${pid} has ended, or never was`);
    throw new AttachError("not-python", pid, `no Python found in process ${pid} or any of its subprocesses`);
  }

  /** Made when the first Python is found: what it says of the recording is about that one. */
  #profileOf(python: Python): Profile {
    if (this.#profile) return this.#profile;
    const commandLine = python.process.commandLine();
    this.#profile = new Profile({
      interval: 1 / this.#request.rate,
      startTime: Date.now(),
      title: this.#request.title ?? commandLine.join(" "),
      pythonVersion: formatVersion(python.version),
      pid: python.process.pid,
      commandLine,
    });
    this.#post({ start: this.#profile.info });
    return this.#profile;
  }

  #record(profile: Profile): RecordingEnd {
    const clock = new SamplingClock(this.#request.rate, undefined, undefined, this.#request.duration);
    const cpuBefore = process.cpuUsage();
    const sleep = (milliseconds: number) => this.#sleep(milliseconds, profile, clock);
    if (this.#limit) clock.stride = this.#limit.stride;
    try {
      for (;;) {
        const tick = clock.next(sleep);
        if (!tick) return clock.isOver ? "duration" : "stopped";
        const before = profile.sampleCount;
        this.#threads = this.#processes.record(tick.time, tick.weight);
        this.#samples += profile.sampleCount - before;
        this.#ticks++;
        this.#search();
        if (this.#processes.running === 0) return "process-ended";
        this.#update(profile, clock, tick.time);
        if (this.#limit) clock.stride = this.#strideNow(this.#limit, clock, cpuBefore);
      }
    } finally {
      this.#report(profile, clock);
      this.#control.reportProcesses(this.#processes.counts());
      this.#send(profile, clock);
    }
  }

  /** By what has been spent since the start, on whichever thread of ours. */
  #strideNow(limit: OverheadLimit, clock: SamplingClock, cpuBefore: NodeJS.CpuUsage): number {
    const { user, system } = process.cpuUsage(cpuBefore);
    limit.update(clock.elapsed * 1000, this.#ticks, (user + system) / 1000, this.#processes.pausedTime);
    return limit.stride;
  }

  /** Between ticks, new processes are looked for and what is asked for is sent. */
  #sleep(milliseconds: number, profile: Profile, clock: SamplingClock): boolean {
    const goesOn = this.#control.sleep(this.#request.subprocesses ? Math.min(milliseconds, SEARCH_INTERVAL) : milliseconds);
    if (this.#control.takeUpdateRequest()) this.#send(profile, clock);
    if (goesOn && this.#request.subprocesses) this.#search();
    return goesOn;
  }

  #search(): void {
    if (this.#processes.search()) this.#control.reportProcesses(this.#processes.counts());
  }

  #update(profile: Profile, clock: SamplingClock, time: number): void {
    this.#report(profile, clock);
    if (time - this.#sentAt < (this.#request.updateInterval ?? 1)) return;
    this.#sentAt = time;
    this.#send(profile, clock);
  }

  #report({ counts: { errors, torn } }: Profile, clock: SamplingClock): void {
    const { late, skipped } = clock;
    const { pausedTime } = this.#processes;
    this.#control.report({ ticks: this.#ticks, samples: this.#samples, errors, torn, late, skipped, threads: this.#threads, pausedTime });
  }

  #send(profile: Profile, clock: SamplingClock): void {
    profile.counts.late = clock.late;
    profile.duration = Math.min(clock.elapsed, this.#request.duration);
    const { increment, cursor } = drainProfile(profile, this.#cursor);
    this.#cursor = cursor;
    this.#post({ increment });
  }
}

/** Whether the process has ended, so that waiting for it is in vain. */
function isGone(error: unknown): boolean {
  return error instanceof ProcessError && error.code === "no-such-process";
}
