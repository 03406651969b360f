import type { ByteSource } from "../byte-source.ts";
import { ProcessError } from "../errors.ts";
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
import { RecordedFile } from "./recorded-file.ts";
import { RecordedMemory } from "./recorded-memory.ts";
import { decodeRecording } from "./recording-format.ts";
import { mapKey, reveal, type Answer, type FactName, type Facts, type Recording } from "./recording.ts";

/**
 * The process that a `RecordingProcess` saved, as it was. Memory that was not recorded cannot be read; other questions
 * that were not asked then throw {@link ProcessError} `unsupported` now, or `file-not-found` for files.
 * Throws {@link ProcessError} `invalid-recording`; the bytes need not be trusted.
 */
export function openRecording(bytes: Uint8Array): Process {
  return new RecordedProcess(decodeRecording(bytes));
}

class RecordedProcess implements Process {
  readonly pid: number;
  readonly platform: Process["platform"];
  readonly architecture: Architecture;
  readonly capabilities: ProcessCapabilities;
  readonly memory: RecordedMemory;
  readonly #recording: Recording;

  constructor(recording: Recording) {
    const { pid, platform, architecture, threadStates, cpuTimes } = recording;
    this.#recording = recording;
    this.pid = pid;
    this.platform = platform;
    this.architecture = architecture;
    this.capabilities = { live: false, pause: false, threadStates, cpuTimes };
    this.memory = new RecordedMemory(recording.memory);
  }

  executable(): string {
    return this.#fact("executable");
  }

  commandLine(): readonly string[] {
    return this.#fact("commandLine");
  }

  workingDirectory(): string {
    return this.#fact("workingDirectory");
  }

  parent(): number {
    return this.#fact("parent");
  }

  children(): readonly number[] {
    return this.#fact("children");
  }

  endedChildrenFaults(): number {
    return 0;
  }

  namespaces(): Readonly<Record<string, string>> {
    return this.#fact("namespaces");
  }

  memoryMaps(): readonly MemoryMap[] {
    return this.#fact("memoryMaps");
  }

  threads(): readonly ThreadInfo[] {
    return this.#fact("threads");
  }

  /** Recordings of before this was asked have none: as if the ids were the same inside. */
  innerThreadIds(): readonly InnerThreadId[] {
    return this.#recording.facts.innerThreadIds === undefined ? [] : this.#fact("innerThreadIds");
  }

  /** States that were read one by one, else those of the thread list. */
  threadStates(): ThreadStateReader {
    const { states, facts } = this.#recording;
    const list = facts.threads !== undefined && "value" in facts.threads ? facts.threads.value : [];
    const listed = new Map(list.map((thread) => [thread.id, thread]));
    return {
      read: (id) => states.get(id) ?? listed.get(id)?.state ?? "dead",
      cpuTime: (id) => listed.get(id)?.cpuTime ?? 0,
      [Symbol.dispose]: () => undefined,
    };
  }

  mappedFile(map: MemoryMap): ByteSource {
    return this.#file(this.#recording.mappedFiles.get(mapKey(map)), map.path);
  }

  file(path: string): ByteSource {
    return this.#file(this.#recording.files.get(path), path);
  }

  fileExists(path: string): boolean {
    return this.#reveal(this.#recording.fileExists.get(path), `whether ${path} exists`);
  }

  /** It was alive when it was recorded. */
  isAlive(): boolean {
    return true;
  }

  age(): number {
    return Infinity;
  }

  pause(): Pause {
    throw this.#error("unsupported", "a recording cannot be paused");
  }

  pauser(): Pauser {
    throw this.#error("unsupported", "a recording cannot be paused");
  }

  [Symbol.dispose](): void {}

  #fact<Name extends FactName>(name: Name): Facts[Name] {
    const { facts } = this.#recording as { facts: { [Each in Name]?: Answer<Facts[Each]> } };
    return this.#reveal<Facts[Name]>(facts[name], name);
  }

  #file(answer: Answer<number> | undefined, path: string): ByteSource {
    if (answer === undefined) throw this.#error("file-not-found", `the recording does not have the file ${path}`);
    return new RecordedFile(this.#recording.contents[reveal(answer, this.pid)]!, this.pid);
  }

  #reveal<Value>(answer: Answer<Value> | undefined, question: string): Value {
    if (answer === undefined) throw this.#error("unsupported", `the recording does not tell ${question}`);
    return reveal(answer, this.pid);
  }

  #error(code: "unsupported" | "file-not-found", message: string): ProcessError {
    return new ProcessError(code, this.pid, message);
  }
}
