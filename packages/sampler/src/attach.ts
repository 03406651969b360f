import { BinaryError } from "@pyspy/binary";
import { debugOffsetsVersion, layoutFor, type Layout, LayoutError, selfDescribedLayout, type Target } from "@pyspy/layouts";
import { MemoryError, type Process, ProcessError } from "@pyspy/process";
import { AttachError, type Attempt, TargetError } from "./errors.ts";
import { RUNTIME_STRATEGIES } from "./find-runtime.ts";
import { findVersion } from "./find-version.ts";
import { findImages, type Image, isLikely } from "./image.ts";
import { isUserAddress, MemoryReader } from "./memory-reader.ts";
import { Python } from "./python.ts";
import { formatVersion, type PythonVersion, versionFromHex } from "./python-version.ts";

/** What is read of `_Py_DebugOffsets`: more than any version's has. */
const DEBUG_OFFSETS_READ = 4096;

export interface AttachOptions {
  /** Names of the strategies to find the runtime with, of `runtimeStrategies`; all of them when left out. */
  readonly strategies?: readonly string[];
}

/** Names of the ways in which `attach` looks for the runtime, in the order in which it tries them. */
export const runtimeStrategies: readonly string[] = RUNTIME_STRATEGIES.map(({ name }) => name);

/**
 * Finds the interpreter in a process: the mapped file it is in, its version, its layout and its runtime.
 * Throws {@link AttachError}, which says what was tried, and `ProcessError` when the process cannot be read.
 */
export function attach(process: Process, options: AttachOptions = {}): Python {
  const search = new Search(process, options.strategies ?? runtimeStrategies);
  for (const image of findImages(process)) {
    const python = search.tryImage(image);
    if (python) return python;
  }
  throw search.error();
}

class Search {
  readonly #process: Process;
  readonly #strategies: readonly string[];
  readonly #reader: MemoryReader;
  readonly #attempts: Attempt[] = [];
  /** What was found of a Python, though not enough. */
  #version: PythonVersion | undefined;

  constructor(process: Process, strategies: readonly string[]) {
    this.#process = process;
    this.#strategies = strategies;
    this.#reader = new MemoryReader(process.memory, pointerSizeOf(process));
  }

  tryImage(image: Image): Python | undefined {
    try {
      return isLikely(image) ? this.#tryLikely(image) : this.#tryUnlikely(image);
    } catch (error) {
      if (error instanceof ProcessError && error.code !== "file-not-found") throw error;
      if (!isUnreadable(error)) throw error;
      this.#note("open", image, error.message);
      return undefined;
    }
  }

  error(): AttachError {
    const { pid } = this.#process;
    const tried = this.#attempts.map(({ strategy, image, saw }) => `\n  ${strategy} (${image}): ${saw}`).join("");
    if (!this.#version) {
      return new AttachError("not-python", pid, `no Python interpreter found in process ${pid}${tried}`, this.#attempts);
    }
    const version = formatVersion(this.#version);
    if (!this.#layout(this.#version)) {
      const message = `Python ${version} in process ${pid} is not supported on ${targetOf(this.#process)}${tried}`;
      return new AttachError("unsupported-version", pid, message, this.#attempts);
    }
    const message = `process ${pid} has Python ${version}, but its interpreter state was not found${tried}`;
    return new AttachError("interpreter-not-found", pid, message, this.#attempts);
  }

  #tryLikely(image: Image): Python | undefined {
    const version = findVersion(image, this.#reader, this.#attempts);
    this.#version ??= version;
    return this.#tryStrategies(image, version);
  }

  /** A program that has Python linked in under another name: only what costs little is tried. */
  #tryUnlikely(image: Image): Python | undefined {
    const isPython = image.binary.pythonRuntimeSection() ?? image.binary.symbols(["_PyRuntime"]).get("_PyRuntime");
    return isPython ? this.#tryLikely(image) : undefined;
  }

  #tryStrategies(image: Image, version: PythonVersion | undefined): Python | undefined {
    for (const strategy of RUNTIME_STRATEGIES) {
      if (!this.#strategies.includes(strategy.name)) continue;
      const candidates = strategy.find(image, this.#reader, version && this.#layout(version));
      if (typeof candidates === "string") {
        this.#note(strategy.name, image, candidates);
        continue;
      }
      for (const runtime of candidates) {
        const python = this.#tryRuntime(image, strategy.name, runtime, version);
        if (typeof python !== "string") return python;
        this.#note(strategy.name, image, python);
      }
    }
    return undefined;
  }

  /** The Python whose `_PyRuntime` is at an address, if it closes; else what does not. */
  #tryRuntime(image: Image, strategy: string, runtime: number, version: PythonVersion | undefined): Python | string {
    const at = `0x${runtime.toString(16)}`;
    try {
      const described = this.#describe(runtime, version);
      if (!described) return `${at}: no layout for ${version ? `Python ${formatVersion(version)}` : "an unknown version"}`;
      this.#version = described.version;
      const python = new Python({ process: this.#process, ...described, runtime, image: image.path, strategy });
      const { threads, failed } = python.probe();
      if (threads === 0) return `${at}: no thread states (yet, or any more)`;
      return failed === threads ? `${at}: none of ${threads} stacks could be followed` : python;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return `${at}: ${error.message}`;
    }
  }

  /** From 3.13 on the runtime's own word on version and offsets wins. */
  #describe(runtime: number, version: PythonVersion | undefined): { layout: Layout; version: PythonVersion } | undefined {
    const bytes = isUserAddress(runtime) ? this.#reader.prefix(runtime, DEBUG_OFFSETS_READ) : new Uint8Array(0);
    const own = debugOffsetsVersion(bytes);
    if (!own) {
      const layout = version && this.#layout(version);
      return layout && { layout, version };
    }
    const table = layoutFor(own, { target: targetOf(this.#process), freeThreaded: own.freeThreaded });
    const hex = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
    return { layout: selfDescribedLayout(bytes, table), version: versionFromHex(hex) ?? { ...own, prerelease: "?" } };
  }

  #layout(version: PythonVersion): Layout | undefined {
    const { major, minor } = version;
    return layoutFor({ major, minor }, { target: targetOf(this.#process) });
  }

  #note(strategy: string, image: Image, saw: string): void {
    this.#attempts.push({ strategy, image: image.path, saw });
  }
}

/** What a file or memory that is not as expected makes; anything else is a bug or the end of the process. */
function isUnreadable(error: unknown): error is Error {
  return (
    error instanceof BinaryError ||
    error instanceof LayoutError ||
    error instanceof MemoryError ||
    error instanceof TargetError ||
    error instanceof ProcessError
  );
}

function targetOf(process: Process): Target {
  return `${process.platform}-${process.architecture}`;
}

function pointerSizeOf(process: Process): 4 | 8 {
  return process.architecture === "arm" || process.architecture === "ia32" ? 4 : 8;
}
