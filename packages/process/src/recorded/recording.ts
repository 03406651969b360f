import { ProcessError, type ProcessErrorCode } from "../errors.ts";
import type { Architecture, InnerThreadId, MemoryMap, Process, ThreadInfo, ThreadState } from "../process.ts";
import type { Pages } from "./pages.ts";

/** What was asked of a process and what it answered; `recording-format.ts` writes it as bytes. */
export interface Recording {
  readonly pid: number;
  readonly platform: Process["platform"];
  readonly architecture: Architecture;
  readonly threadStates: boolean;
  readonly cpuTimes: boolean;
  /** Answers without arguments. */
  readonly facts: { [Name in FactName]?: Answer<Facts[Name]> };
  /** By path. */
  readonly fileExists: Map<string, Answer<boolean>>;
  /** By path, as an index into `contents`. */
  readonly files: Map<string, Answer<number>>;
  /** By `mapKey`, as an index into `contents`. */
  readonly mappedFiles: Map<string, Answer<number>>;
  readonly states: Map<number, ThreadState>;
  readonly memory: Pages;
  readonly contents: FileContent[];
}

export interface Facts {
  executable: string;
  commandLine: readonly string[];
  workingDirectory: string;
  parent: number;
  children: readonly number[];
  namespaces: Readonly<Record<string, string>>;
  memoryMaps: readonly MemoryMap[];
  threads: readonly ThreadInfo[];
  innerThreadIds: readonly InnerThreadId[];
}

export type FactName = keyof Facts;

export const factNames: readonly FactName[] = [
  "executable",
  "commandLine",
  "workingDirectory",
  "parent",
  "children",
  "namespaces",
  "memoryMaps",
  "threads",
  "innerThreadIds",
];

/** What was returned, or the ProcessError that was thrown. */
export type Answer<Value> = { readonly value: Value } | { readonly error: RecordedError };

export interface RecordedError {
  readonly code: ProcessErrorCode;
  readonly message: string;
}

/** A file as far as it was read: the last page ends with the file. */
export interface FileContent {
  readonly name: string;
  readonly size: number;
  readonly pages: Pages;
}

/** Tells maps' files apart: a file that was replaced has another inode. */
export function mapKey(map: MemoryMap): string {
  return `${map.device} ${map.inode} ${map.path}`;
}

/** The answer as it was given: returned or thrown. */
export function reveal<Value>(answer: Answer<Value>, pid: number): Value {
  if ("value" in answer) return answer.value;
  throw new ProcessError(answer.error.code, pid, answer.error.message);
}
