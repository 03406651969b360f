import { openProcess, type Process, ProcessError } from "@pyspy/process";
import type { Profile } from "@pyspy/profile";
import { AttachError } from "./errors.ts";
import type { Python } from "./python.ts";
import type { RecorderOptions } from "./recorder.ts";
import { isReadFailure } from "./recording-failure.ts";
import { RecordingTarget } from "./recording-target.ts";

/** Children are looked for this often. */
const SEARCH_INTERVAL_MS = 50;
/** A process that is no Python by then is none, until it runs another program. */
const START_TIME_MS = 2000;
/** Descendants followed at most. */
const MAX_PROCESSES = 4096;

/** A process that is no Python (yet). */
interface Candidate {
  readonly process: Process;
  since: number;
  /** What it ran when it was found to be no Python; "" while that is open. */
  rejected: string;
}

/** A process and, if asked for, all of its descendants, as they come and go. */
export class RecordedProcesses implements Disposable {
  readonly #root: number;
  readonly #profileOf: (python: Python) => Profile;
  readonly #options: RecorderOptions;
  readonly #targets = new Map<number, RecordingTarget>();
  readonly #candidates = new Map<number, Candidate>();
  readonly #parents = new Map<number, number>();
  /** Executables, by path, that are no Python. */
  readonly #otherPrograms = new Set<string>();
  readonly #withDescendants: boolean;
  #searchedAt = Number.NEGATIVE_INFINITY;
  #rootSeen = false;

  /** `profileOf` gives the profile that an attached Python is recorded into. */
  constructor(root: number, withDescendants: boolean, profileOf: (python: Python) => Profile, options: RecorderOptions) {
    this.#root = root;
    this.#withDescendants = withDescendants;
    this.#profileOf = profileOf;
    this.#options = options;
  }

  /** Attached Pythons. */
  get count(): number {
    return this.#targets.size;
  }

  /** Processes that are recorded, or may yet be: Pythons, and others that may become one or have a child that is. */
  get running(): number {
    if (this.#withDescendants) return this.#targets.size + this.#candidates.size;
    return this.#targets.size + [...this.#candidates.values()].filter(({ rejected }) => rejected === "").length;
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

  /** Looks for new processes, Pythons that have started, and programs that became another; at most every 50 ms. */
  search(now: number = performance.now()): void {
    if (now - this.#searchedAt < SEARCH_INTERVAL_MS) return;
    this.#searchedAt = now;
    if (!this.#rootSeen) this.#open(this.#root, now);
    this.#rootSeen = true;
    if (this.#withDescendants) for (const pid of [...this.#targets.keys(), ...this.#candidates.keys()]) this.#findChildren(pid, now);
    for (const [pid, candidate] of this.#candidates) this.#tryCandidate(pid, candidate, now);
  }

  /** Takes a sample of all. Returns the number of threads. */
  record(time: number, weight: number): number {
    let threads = 0;
    for (const [pid, target] of this.#targets) {
      const seen = target.record(time, weight);
      if (seen < 0) this.#lose(pid, target);
      else threads += seen;
    }
    return threads;
  }

  [Symbol.dispose](): void {
    for (const { process } of [...this.#targets.values(), ...this.#candidates.values()]) process[Symbol.dispose]();
    this.#targets.clear();
    this.#candidates.clear();
  }

  #isKnown(pid: number): boolean {
    return this.#targets.has(pid) || this.#candidates.has(pid);
  }

  #findChildren(pid: number, now: number): void {
    const process = this.#targets.get(pid)?.process ?? this.#candidates.get(pid)?.process;
    for (const child of process ? childrenOf(process) : []) {
      if (this.#isKnown(child) || this.running >= MAX_PROCESSES) continue;
      this.#parents.set(child, pid);
      this.#open(child, now);
      this.#findChildren(child, now);
    }
  }

  #open(pid: number, now: number): void {
    const process = orUndefined(() => openProcess(pid));
    if (process) this.#candidates.set(pid, { process, since: now, rejected: "" });
  }

  #tryCandidate(pid: number, candidate: Candidate, now: number): void {
    const { process } = candidate;
    const program = process.isAlive() ? orUndefined(() => process.executable()) : undefined;
    if (program === undefined) return this.#forget(pid);
    if (candidate.rejected === program) return;
    if (candidate.rejected !== "") Object.assign(candidate, { since: now, rejected: "" });
    if (this.#otherPrograms.has(program)) candidate.rejected = program;
    else if (this.#tryAttach(process)) this.#candidates.delete(pid);
    else if (now - candidate.since > START_TIME_MS) this.#reject(candidate, program);
  }

  #reject(candidate: Candidate, program: string): void {
    candidate.rejected = program;
    this.#otherPrograms.add(program);
  }

  #tryAttach(process: Process): boolean {
    try {
      this.#attach(process);
      return true;
    } catch (error) {
      if (error instanceof AttachError || isReadFailure(error)) return false;
      throw error;
    }
  }

  #attach(process: Process): void {
    const target = new RecordingTarget(process, this.#profileOf, this.#options);
    const parentPid = this.#parents.get(process.pid) ?? 0;
    this.#profileOf(target.python).addProcess({ pid: process.pid, parentPid, commandLine: process.commandLine() });
    this.#targets.set(process.pid, target);
  }

  /** It has ended, or runs another program, which may be a Python as well. */
  #lose(pid: number, target: RecordingTarget): void {
    this.#targets.delete(pid);
    const isAlive = target.process.isAlive();
    target.process[Symbol.dispose]();
    if (isAlive) this.#open(pid, performance.now());
  }

  #forget(pid: number): void {
    this.#candidates.get(pid)?.process[Symbol.dispose]();
    this.#candidates.delete(pid);
  }
}

function childrenOf(process: Process): readonly number[] {
  return orUndefined(() => process.children()) ?? [];
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
