import type { ByteSource } from "./byte-source.ts";
import type { ProcessMemory } from "./memory.ts";

/**
 * A process seen from outside. Linux, macOS, Windows, core files and recordings implement it alike; what a kind of
 * process cannot do, its `capabilities` say, and calling it throws {@link ProcessError} with code `unsupported`.
 */
export interface Process extends Disposable {
  /** The pid in the pid namespace of the caller; of a recording or a core file, the pid that was recorded. */
  readonly pid: number;
  readonly platform: "linux" | "darwin" | "win32";
  readonly architecture: Architecture;
  readonly capabilities: ProcessCapabilities;
  readonly memory: ProcessMemory;

  /** Path of the executable as the process sees it, without Linux's " (deleted)". */
  executable(): string;
  commandLine(): readonly string[];
  workingDirectory(): string;
  parent(): number;
  /** Pids of the direct children. */
  children(): readonly number[];
  /**
   * A number that grows when a child that has ended is waited for, however short it lived: its page faults, and those of
   * its own such children. It does not tell how many there were; always 0 where the system does not tell.
   */
  endedChildrenFaults(): number;
  /** Identities of the process's namespaces, by kind ("mnt", "pid", ...): equal strings, same namespace. Linux only. */
  namespaces(): Readonly<Record<string, string>>;
  /** Read anew at each call, ordered by address. */
  memoryMaps(): readonly MemoryMap[];
  /** Read anew at each call. A thread that ends meanwhile is left out. */
  threads(): readonly ThreadInfo[];
  /**
   * The ids that the threads have in the process's own pid namespace, each with its id in the caller's, which all else
   * here means; empty where the two are the same. Read anew at each call. Linux only.
   */
  innerThreadIds(): readonly InnerThreadId[];
  /** A cheap way to ask for the states of the same threads again and again; dispose of it, or of the process. */
  threadStates(): ThreadStateReader;
  /** The content of the mapped file, found wherever it is (deleted, replaced, another root); checked to be that file. */
  mappedFile(map: MemoryMap): ByteSource;
  /** A file by the path the process would use: through its root directory. */
  file(path: string): ByteSource;
  /** Whether the path exists in the process's own view of the file system. */
  fileExists(path: string): boolean;
  isAlive(): boolean;
  /** Seconds since it was started (not: since its last exec); Infinity where that is not known. */
  age(): number;
  /**
   * Stops every thread, or those with these ids, until the result is disposed of. Stopped threads run on even if the
   * caller is killed.
   */
  pause(threads?: readonly number[]): Pause;
  /** For pausing many times: does not let go of the threads in between. The process must not be paused otherwise. */
  pauser(): Pauser;
}

export type Architecture = "x64" | "arm64" | "arm" | "ia32";

export interface ProcessCapabilities {
  /** It runs: its memory changes and it may end. False for core files and recordings. */
  readonly live: boolean;
  readonly pause: boolean;
  readonly threadStates: boolean;
  readonly cpuTimes: boolean;
}

export interface MemoryMap {
  readonly start: number;
  /** First address after the map. */
  readonly end: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** Offset in the file of the map's first byte. */
  readonly offset: number;
  /** Path as the process's maps give it, without " (deleted)"; "" for anonymous memory, "[heap]" and the like as they are. */
  readonly path: string;
  readonly deleted: boolean;
  /** Device and inode of the mapped file, "major:minor" in hex as in /proc/PID/maps, and a number; "00:00" and 0 for none. */
  readonly device: string;
  readonly inode: number;
}

export interface ThreadInfo {
  /** Operating system thread id. */
  readonly id: number;
  /** The operating system's name of the thread; on Linux at most 15 bytes. */
  readonly name: string;
  readonly state: ThreadState;
  /** User plus system time, in nanoseconds; resolution is the system's. */
  readonly cpuTime: number;
}

/** What `gettid()` gives in the thread, and the thread's id in the caller's pid namespace. */
export type InnerThreadId = readonly [inner: number, id: number];

/** `running`: on a CPU or waiting for one. `waiting`: uninterruptible (disk). `stopped`: by a signal or a tracer. */
export type ThreadState = "running" | "sleeping" | "waiting" | "stopped" | "dead" | "unknown";

/** Reads states and times of single threads, again and again, without going through a list of all threads. */
export interface ThreadStateReader extends Disposable {
  /** "dead" for a thread that has ended or never was. */
  read(id: number): ThreadState;
  /**
   * Time on a CPU in nanoseconds, as far as the system has charged it: when a thread stops running, and at clock ticks.
   * 0 for a thread that has ended, and where it is not known.
   */
  cpuTime(id: number): number;
}

/** A stopped process; disposing of it resumes every thread. */
export interface Pause extends Disposable {
  /** Ids of the threads that are stopped. */
  readonly threads: readonly number[];
  /** When the first of them was asked to stop; by `performance.now()`. */
  readonly since: number;
}

/** Pauses the same process again and again; disposing of it lets the process go. */
export interface Pauser extends Disposable {
  /** As `Process.pause`; dispose of each pause before the next. */
  pause(): Pause;
  /**
   * Lets signals through that have been sent to the process since the last pause, as each pause does: as long as
   * neither is called, they wait. Does not stop anything.
   */
  service(): void;
}
