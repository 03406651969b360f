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
  ThreadState,
  ThreadStateReader,
} from "../process.ts";
import { RecordingFile } from "./recording-file.ts";
import { encodeRecording } from "./recording-format.ts";
import { RecordingMemory } from "./recording-memory.ts";
import { factNames, mapKey, reveal, type Answer, type FactName, type Facts, type Recording } from "./recording.ts";

/** A process whose answers are kept, to be had again without it: {@link openRecording}. */
export interface RecordingProcess extends Process {
  /** What has been asked and answered so far; facts that nobody asked for (threads, maps...) are asked for now. */
  save(): Uint8Array;
}

/**
 * Wraps a process so that everything asked of it is kept. The first answer is the one that counts: pages, files,
 * threads and all are from then on as they were, for the caller as for the recording. So pause a running process while
 * recording, or its pages are of different moments. Disposing of the wrapper disposes of the process.
 */
export function recordProcess(inner: Process): RecordingProcess {
  return new Recorder(inner);
}

class Recorder implements RecordingProcess {
  readonly pid: number;
  readonly platform: Process["platform"];
  readonly architecture: Architecture;
  readonly capabilities: ProcessCapabilities;
  readonly memory: RecordingMemory;
  readonly #inner: Process;
  readonly #recording: Recording;
  readonly #sources: RecordingFile[] = [];

  constructor(inner: Process) {
    const { pid, platform, architecture, capabilities } = inner;
    this.#inner = inner;
    this.pid = pid;
    this.platform = platform;
    this.architecture = architecture;
    this.capabilities = capabilities;
    this.memory = new RecordingMemory(inner.memory);
    const { threadStates, cpuTimes } = capabilities;
    const asked = { facts: {}, fileExists: new Map(), files: new Map(), mappedFiles: new Map(), states: new Map() };
    const { pages } = this.memory;
    this.#recording = { pid, platform, architecture, threadStates, cpuTimes, ...asked, memory: pages, contents: [] };
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

  /** Of live processes only: a recording of one shows none. */
  endedChildrenFaults(): number {
    return this.#inner.endedChildrenFaults();
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

  innerThreadIds(): readonly InnerThreadId[] {
    return this.#fact("innerThreadIds");
  }

  threadStates(): ThreadStateReader {
    const reader = this.#inner.threadStates();
    const { states } = this.#recording;
    return {
      read: (id: number): ThreadState => {
        const state = states.get(id) ?? reader.read(id);
        states.set(id, state);
        return state;
      },
      /** As it was when the threads were listed, which is what a recording keeps. */
      cpuTime: (id: number): number => this.threads().find((thread) => thread.id === id)?.cpuTime ?? 0,
      [Symbol.dispose]: () => reader[Symbol.dispose](),
    };
  }

  mappedFile(map: MemoryMap): ByteSource {
    return this.#source(this.#recording.mappedFiles, mapKey(map), () => this.#inner.mappedFile(map));
  }

  file(path: string): ByteSource {
    return this.#source(this.#recording.files, path, () => this.#inner.file(path));
  }

  fileExists(path: string): boolean {
    return this.#keep(this.#recording.fileExists, path, () => this.#inner.fileExists(path));
  }

  isAlive(): boolean {
    return this.#inner.isAlive();
  }

  age(): number {
    return this.#inner.age();
  }

  pause(threads?: readonly number[]): Pause {
    return this.#inner.pause(threads);
  }

  pauser(): Pauser {
    return this.#inner.pauser();
  }

  save(): Uint8Array {
    for (const name of factNames) this.#facts(name);
    return encodeRecording(this.#recording);
  }

  [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }

  #fact<Name extends FactName>(name: Name): Facts[Name] {
    return reveal(this.#facts(name), this.pid);
  }

  #facts<Name extends FactName>(name: Name): Answer<Facts[Name]> {
    const { facts } = this.#recording as { facts: { [Each in Name]?: Answer<Facts[Each]> } };
    const answer = facts[name] ?? ask(() => this.#inner[name]() as Facts[Name]);
    facts[name] = answer;
    return answer;
  }

  #source(answers: Map<string, Answer<number>>, key: string, open: () => ByteSource): ByteSource {
    const index = this.#keep(answers, key, () => {
      const file = new RecordingFile(open());
      this.#recording.contents.push(file.content);
      return this.#sources.push(file) - 1;
    });
    return this.#sources[index]!;
  }

  #keep<Value>(answers: Map<string, Answer<Value>>, key: string, question: () => Value): Value {
    const answer = answers.get(key) ?? ask(question);
    answers.set(key, answer);
    return reveal(answer, this.pid);
  }
}

/** Errors other than ProcessError are no answers. */
function ask<Value>(question: () => Value): Answer<Value> {
  try {
    return { value: question() };
  } catch (error) {
    if (error instanceof ProcessError) return { error: { code: error.code, message: error.message } };
    throw error;
  }
}
