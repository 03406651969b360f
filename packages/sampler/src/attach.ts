import { AttachError } from "./errors.ts";
import { attachFailure } from "./attach-failure.ts";
import { RUNTIME_STRATEGIES } from "./find-runtime.ts";
import type { KnownImages } from "./known-images.ts";
import type { Process } from "@pyspy/process";
import type { Python } from "./python.ts";
import { type PythonVersion, versionFromOption } from "./python-version.ts";
import { RuntimeSearch, type SearchOptions } from "./runtime-search.ts";

/** How long a Python that has just been started has to come up, in milliseconds. */
export const START_TIME = 1000;
/** Between two looks: at first, and at most. */
const RETRY_INTERVAL = 5;
const LONGEST_INTERVAL = 50;

export interface AttachOptions {
  /** Names of the strategies to find the runtime with, of `runtimeStrategies`; all of them when left out. */
  readonly strategies?: readonly string[];
  /** Major and minor version, such as "3.12", instead of what the process says of itself. */
  readonly pythonVersion?: string;
  /** Of a process with several interpreters the file that the wanted one is in: its path or its name. */
  readonly image?: string;
  /**
   * How long to wait for an interpreter that is not initialised yet, or for a process that has just been started to
   * become a Python; the thread is blocked meanwhile. In milliseconds; default 1000.
   */
  readonly wait?: number;
  /** What other processes have taught; attaching to one that runs the same files adds to it, and is quicker. */
  readonly known?: KnownImages;
}

/** Names of the ways in which `attach` looks for the runtime, in the order in which it tries them. */
export const runtimeStrategies: readonly string[] = RUNTIME_STRATEGIES.map(({ name }) => name);

/**
 * Finds the interpreter in a process: the mapped file it is in, its version, its layout and its runtime.
 * Throws {@link AttachError}, which says what was tried, and `ProcessError` when the process cannot be read.
 */
export function attach(process: Process, options: AttachOptions = {}): Python {
  return wait(process, options).python;
}

/** As {@link attach}, of a process with several interpreters (two versions of libpython, say) each. */
export function attachAll(process: Process, options: AttachOptions = {}): [Python, ...Python[]] {
  const { python, search } = wait(process, options);
  return [python, ...search.others(python)];
}

function wait(process: Process, options: AttachOptions): { python: Python; search: RuntimeSearch } {
  const searchOptions = searchOptionsOf(options);
  const deadline = performance.now() + (options.wait ?? START_TIME);
  for (let interval = RETRY_INTERVAL; ; interval = Math.min(interval * 2, LONGEST_INTERVAL)) {
    const search = new RuntimeSearch(process, searchOptions);
    const python = search.first();
    // Before 3.11 there is no other word of the exact version than the text that is made on starting.
    if (python && (python.version.micro >= 0 || options.pythonVersion !== undefined)) return { python, search };
    const mayStart = mayCome(process, search);
    const isOver = performance.now() >= deadline || !mayStart;
    if (python && isOver) return { python, search };
    if (isOver) throw attachFailure(process, search, mayStart);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, interval);
  }
}

/** Whether a Python may be about to start: its runtime is there and empty, or the process is new. */
function mayCome(process: Process, search: RuntimeSearch): boolean {
  return process.capabilities.live && (search.isUninitialised || process.age() * 1000 < START_TIME);
}

function searchOptionsOf({ strategies = runtimeStrategies, pythonVersion, image, known }: AttachOptions): SearchOptions {
  return { strategies, image, known, version: pythonVersion === undefined ? undefined : versionAsked(pythonVersion) };
}

function versionAsked(text: string): PythonVersion {
  const version = versionFromOption(text);
  if (version) return version;
  throw new AttachError("unsupported-version", 0, `"${text}" is no version of Python: expected one like 3.12`);
}
