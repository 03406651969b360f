import { openProcess, type Process, ProcessError } from "@pyspy/process";
import type { Profile } from "@pyspy/profile";
import { AttachError } from "./errors.ts";
import { KnownImages } from "./known-images.ts";
import { ProcessFamily } from "./process-family.ts";
import { type AttachOutcome, OtherPrograms, ProcessCandidate } from "./process-candidate.ts";
import type { Python } from "./python.ts";
import type { ProcessCounts } from "./recording-control.ts";
import { isReadFailure } from "./recording-failure.ts";
import { RecordingTarget, type TargetOptions } from "./recording-target.ts";

/** New processes are looked for this often, in milliseconds. */
export const SEARCH_INTERVAL = 50;
/** Descendants followed at most. */
const MAX_PROCESSES = 4096;

/** A process and, if asked for, all of its descendants, as they come and go. */
export class RecordedProcesses implements Disposable {
  /** Milliseconds for which a process was stopped: at each sample, the one that was longest. */
  pausedTime = 0;
  readonly #root: number;
  readonly #profileOf: (python: Python) => Profile;
  readonly #options: TargetOptions;
  readonly #targets = new Map<number, RecordingTarget>();
  readonly #candidates = new Map<number, ProcessCandidate>();
  readonly #family = new ProcessFamily();
  readonly #known = new KnownImages();
  readonly #otherPrograms = new OtherPrograms();
  readonly #withDescendants: boolean;
  readonly #recorded = new Set<number>();
  /** Of processes that have ended. */
  #others = 0;
  #unread = 0;
  #searchedAt = Number.NEGATIVE_INFINITY;
  #rootSeen = false;
  /** What the first search finds was there before the recording. */
  #hasSearched = false;

  /** `profileOf` gives the profile that an attached Python is recorded into. */
  constructor(root: number, withDescendants: boolean, profileOf: (python: Python) => Profile, options: TargetOptions) {
    this.#root = root;
    this.#withDescendants = withDescendants;
    this.#profileOf = profileOf;
    this.#options = options;
  }

  /** Attached Pythons. */
  get attached(): number {
    return this.#targets.size;
  }

  /** Processes that are recorded, or may yet be: Pythons, and others that may become one or have a child that is. */
  get running(): number {
    if (this.#withDescendants) return this.#targets.size + this.#candidates.size;
    let open = 0;
    for (const candidate of this.#candidates.values()) if (candidate.isOpen) open++;
    return this.#targets.size + open;
  }

  /** What became of all processes so far. */
  counts(): ProcessCounts {
    let [others, unread] = [this.#others, this.#unread];
    for (const candidate of this.#candidates.values()) {
      if (candidate.isOther) others++;
      else if (!candidate.isOpen) unread++;
    }
    return { recorded: this.#recorded.size, others, unread, unseen: this.#family.unseen };
  }

  /** Attaches to the root itself. Throws `AttachError` or `ProcessError` when that fails. */
  attachRoot(): void {
    const process = openProcess(this.#root);
    this.#rootSeen = true;
    try {
      this.#attach(process);
    } catch (error) {
      process[Symbol.dispose]();
      throw error;
    }
  }

  /** Looks for new processes, Pythons that have started, and programs that became another; at most every 50 ms. False when it is too early. */
  search(now: number = performance.now()): boolean {
    if (now - this.#searchedAt < SEARCH_INTERVAL) return false;
    this.#searchedAt = now;
    if (!this.#rootSeen) this.#open(this.#root, now);
    this.#rootSeen = true;
    if (this.#withDescendants) for (const pid of [...this.#targets.keys(), ...this.#candidates.keys()]) this.#findChildren(pid, now, false);
    this.#hasSearched = true;
    for (const [pid, candidate] of this.#candidates) this.#tryCandidate(pid, candidate, now);
    return true;
  }

  /** Takes a sample of all. Returns the number of threads. */
  record(time: number, weight: number): number {
    let threads = 0;
    let longestPause = 0;
    for (const [pid, target] of this.#targets) {
      const before = target.pausedTime;
      const seen = target.record(time, weight);
      longestPause = Math.max(target.pausedTime - before, longestPause);
      if (seen < 0) this.#lose(pid, target);
      else threads += seen;
    }
    this.pausedTime += longestPause;
    return threads;
  }

  [Symbol.dispose](): void {
    for (const { process } of [...this.#targets.values(), ...this.#candidates.values()]) process[Symbol.dispose]();
    this.#targets.clear();
    this.#candidates.clear();
  }

  #findChildren(pid: number, now: number, isNew: boolean): void {
    const process = this.#targets.get(pid)?.process ?? this.#candidates.get(pid)?.process;
    const born = (process && orUndefined(() => this.#family.look(process, isNew && this.#hasSearched))) ?? [];
    for (const child of born) {
      if (this.running >= MAX_PROCESSES) return;
      if (this.#targets.has(child) || this.#candidates.has(child)) continue;
      if (this.#open(child, now)) this.#findChildren(child, now, true);
      // A zombie, if not gone altogether.
      else if (this.#hasSearched) this.#unread++;
    }
  }

  #open(pid: number, now: number): boolean {
    const process = orUndefined(() => openProcess(pid));
    if (process) this.#candidates.set(pid, new ProcessCandidate(process, this.#otherPrograms, now));
    return process !== undefined;
  }

  #tryCandidate(pid: number, candidate: ProcessCandidate, now: number): void {
    const { process } = candidate;
    const isAttached = process.isAlive() ? orUndefined(() => candidate.try(() => this.#tryAttach(process), now)) : undefined;
    if (isAttached) this.#candidates.delete(pid);
    else if (isAttached === undefined && !process.isAlive()) this.#forget(pid, candidate);
  }

  #tryAttach(process: Process): AttachOutcome {
    try {
      this.#attach(process);
      return "attached";
    } catch (error) {
      if (!(error instanceof AttachError || isReadFailure(error))) throw error;
      return error instanceof AttachError && error.code === "not-python" ? "not-python" : "not-yet";
    }
  }

  #attach(process: Process): void {
    const target = new RecordingTarget(process, this.#profileOf, this.#options, this.#known);
    const parentPid = this.#family.parentOf(process.pid);
    this.#profileOf(target.python).addProcess({ pid: process.pid, parentPid, commandLine: process.commandLine() });
    this.#targets.set(process.pid, target);
    this.#recorded.add(process.pid);
  }

  /** It has ended, or runs another program, which may be a Python as well. */
  #lose(pid: number, target: RecordingTarget): void {
    this.#targets.delete(pid);
    const isAlive = target.process.isAlive();
    target.process[Symbol.dispose]();
    if (isAlive) this.#open(pid, performance.now());
    else this.#family.forget(pid);
  }

  #forget(pid: number, candidate: ProcessCandidate): void {
    candidate.process[Symbol.dispose]();
    this.#candidates.delete(pid);
    this.#family.forget(pid);
    if (this.#recorded.has(pid)) return;
    if (candidate.isOther) this.#others++;
    else this.#unread++;
  }
}

/** What is read of a process that may end meanwhile. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProcessError) return undefined;
    throw error;
  }
}
