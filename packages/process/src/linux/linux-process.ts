import { closeSync, openSync, readFileSync, readlinkSync, readSync } from "node:fs";
import type { ByteSource } from "../byte-source.ts";
import { ProcessError } from "../errors.ts";
import type { OpenOptions } from "../open-process.ts";
import type {
  Architecture,
  InnerThreadId,
  MemoryMap,
  Pause,
  Pauser,
  Process,
  ProcessCapabilities,
  ThreadInfo,
  ThreadStateReader,
} from "../process.ts";
import { children } from "./children.ts";
import { errorCode } from "./errno.ts";
import { architecture, executable } from "./executable.ts";
import { FileSource } from "./file-source.ts";
import { findLibc } from "./libc.ts";
import { openMappedFile } from "./mapped-file.ts";
import { memoryMaps } from "./maps.ts";
import { LinuxMemory } from "./memory.ts";
import { namespaces } from "./namespaces.ts";
import { OpenFiles } from "./open-files.ts";
import { pause, pauser } from "./pause.ts";
import { procError } from "./proc-error.ts";
import { insideRoot, resolveInRoot, rootDirectory } from "./root.ts";
import { ageOf, parseStat, type Stat } from "./stat.ts";
import { LinuxThreadStates } from "./thread-states.ts";
import { innerThreadIds, liveFolder, threads } from "./threads.ts";

export function openLinuxProcess(pid: number, options: OpenOptions): Process {
  return new LinuxProcess(pid, options);
}

/** A process seen through /proc, process_vm_readv and ptrace. */
class LinuxProcess implements Process {
  readonly pid: number;
  readonly platform = "linux" as const;
  readonly architecture: Architecture;
  readonly capabilities: ProcessCapabilities;
  readonly memory: LinuxMemory;
  /** /proc/PID/stat: a descriptor never shows a later process of the same pid. */
  readonly #stat: number;
  readonly #files = new OpenFiles();
  readonly #threadStates = new Set<LinuxThreadStates>();
  #disposed = false;

  constructor(pid: number, options: OpenOptions) {
    this.pid = pid;
    this.#stat = openStat(pid);
    try {
      if (!this.isAlive()) throw new ProcessError("no-such-process", pid, `process ${pid} has ended`);
      this.architecture = architecture(pid);
      this.capabilities = { live: true, pause: findLibc() !== undefined, threadStates: true, cpuTimes: true };
      this.memory = new LinuxMemory(pid, options.memory);
    } catch (error) {
      closeSync(this.#stat);
      throw error;
    }
  }

  executable(): string {
    return executable(this.pid);
  }

  /** Empty for kernel threads; whatever a program has written over its arguments. */
  commandLine(): string[] {
    const text = this.#read("cmdline", "read the command line");
    return text === "" ? [] : text.replace(/\0$/, "").split("\0");
  }

  workingDirectory(): string {
    try {
      return insideRoot(rootDirectory(this.pid), readlinkSync(`${liveFolder(this.pid)}/cwd`));
    } catch (error) {
      throw error instanceof ProcessError ? error : procError(this.pid, "read the working directory", error);
    }
  }

  parent(): number {
    const stat = this.#readStat();
    if (stat !== undefined) return stat.parent;
    throw new ProcessError("no-such-process", this.pid, `process ${this.pid} has ended`);
  }

  children(): number[] {
    return children(this.pid);
  }

  endedChildrenFaults(): number {
    return this.#readStat()?.childFaults ?? 0;
  }

  namespaces(): Record<string, string> {
    return namespaces(this.pid);
  }

  memoryMaps(): MemoryMap[] {
    return memoryMaps(this.pid);
  }

  threads(): ThreadInfo[] {
    return threads(this.pid);
  }

  innerThreadIds(): readonly InnerThreadId[] {
    return innerThreadIds(this.pid);
  }

  threadStates(): ThreadStateReader {
    const states = new LinuxThreadStates(this.pid);
    this.#threadStates.add(states);
    return states;
  }

  mappedFile(map: MemoryMap): ByteSource {
    return this.#files.keep(openMappedFile(this.pid, map));
  }

  file(path: string): ByteSource {
    const resolved = this.#resolve(path);
    if (resolved === undefined) throw this.#noFile(path, "it does not exist");
    try {
      const file = FileSource.open(resolved, path);
      if (file !== undefined) return this.#files.keep(file);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw procError(this.pid, `open ${path}`, error);
      throw this.#noFile(path, "it does not exist", error);
    }
    throw this.#noFile(path, "it is no regular file");
  }

  fileExists(path: string): boolean {
    return this.#resolve(path) !== undefined;
  }

  /** A process whose main thread alone has ended lives on. */
  isAlive(): boolean {
    const stat = this.#readStat();
    return stat !== undefined && (stat.state !== "dead" || stat.threadCount > 1);
  }

  age(): number {
    return ageOf(this.#readStat()?.startTime);
  }

  pause(ids?: readonly number[]): Pause {
    return pause(this.pid, ids);
  }

  pauser(): Pauser {
    return pauser(this.pid);
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const states of this.#threadStates) states[Symbol.dispose]();
    this.#files[Symbol.dispose]();
    this.memory[Symbol.dispose]();
    closeSync(this.#stat);
  }

  #resolve(path: string): string | undefined {
    if (path === "" || path.includes("\0")) return undefined;
    return resolveInRoot(this.pid, path, () => this.workingDirectory());
  }

  #read(name: string, purpose: string): string {
    try {
      return readFileSync(`/proc/${this.pid}/${name}`, "utf8");
    } catch (error) {
      throw procError(this.pid, purpose, error);
    }
  }

  /** Undefined when the process has ended and is buried. */
  #readStat(): Stat | undefined {
    if (this.#disposed) throw new TypeError(`process ${this.pid} has been disposed of`);
    const line = Buffer.alloc(2048);
    try {
      return parseStat(line.toString("utf8", 0, readSync(this.#stat, line, 0, line.length, 0)));
    } catch (error) {
      if (errorCode(error) === "ESRCH") return undefined;
      throw procError(this.pid, "read the state", error);
    }
  }

  #noFile(path: string, reason: string, cause?: unknown): ProcessError {
    return new ProcessError("file-not-found", this.pid, `process ${this.pid} has no file ${path}: ${reason}`, { cause });
  }
}

function openStat(pid: number): number {
  try {
    return openSync(`/proc/${pid}/stat`, "r");
  } catch (error) {
    throw procError(pid, "open the state", error);
  }
}
