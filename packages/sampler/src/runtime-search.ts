import type { Process } from "@pyspy/process";
import { closeCandidate, isGarbage, isUnreadableFile } from "./close-candidate.ts";
import type { Attempt } from "./errors.ts";
import { RUNTIME_STRATEGIES, type RuntimeStrategy } from "./find-runtime.ts";
import { findImages, type Image } from "./image.ts";
import { dataSize } from "./image-data.ts";
import { ImageVersions } from "./image-versions.ts";
import type { KnownImages } from "./known-images.ts";
import { MemoryReader } from "./memory-reader.ts";
import { Python } from "./python.ts";
import { formatVersion, type PythonVersion } from "./python-version.ts";

/** A file that is not named like an interpreter is searched only if it has no more data than this. */
const MOST_DATA_OF_OTHERS = 16 * 1024 * 1024;

export interface SearchOptions {
  /** Names of strategies. */
  readonly strategies: readonly string[];
  /** Instead of what the process says of itself. */
  readonly version: PythonVersion | undefined;
  readonly known: KnownImages | undefined;
  /** Path, or last part of the path, of the only file to look at. */
  readonly image: string | undefined;
}

/** What may be a Python: `isProven` by its stacks, or just has nothing that speaks against it. */
interface Candidate {
  readonly python: Python;
  readonly isProven: boolean;
}

/** One search for interpreters in a process, and what it saw. */
export class RuntimeSearch {
  readonly images: readonly Image[];
  readonly versions: ImageVersions;
  readonly attempts: Attempt[] = [];
  /** There is a runtime without interpreters or threads: they are not there yet, or not any more. */
  isUninitialised = false;
  readonly #process: Process;
  readonly #options: SearchOptions;
  readonly #steps: readonly RuntimeStrategy[];
  readonly #reader: MemoryReader;
  readonly #unreadable = new Set<Image>();

  constructor(process: Process, options: SearchOptions) {
    this.#process = process;
    this.#options = options;
    this.#steps = RUNTIME_STRATEGIES.filter(({ name }) => options.strategies.includes(name));
    this.#reader = new MemoryReader(process.memory, pointerSizeOf(process));
    this.images = findImages(process).filter(({ path }) => options.image === undefined || isNamed(path, options.image));
    this.versions = new ImageVersions(process, this.#reader, options.version, this.attempts);
  }

  /** The first Python: step by step, in each step file by file, likely ones first. */
  first(): Python | undefined {
    for (const image of this.images) {
      const python = this.#guard(image, () => this.#tryKnown(image));
      if (python) return python;
    }
    for (const step of this.#steps) {
      for (const image of this.images) {
        const python = this.#guard(image, () => this.#tryStep(step, image));
        if (python) return python;
      }
    }
    return undefined;
  }

  /** The other Pythons of a process that has one: only where a file says so itself, not by scanning. */
  others(found: Python): Python[] {
    const pythons: Python[] = [];
    const runtimes = new Set([found.runtime]);
    for (const image of this.images.filter(({ isLikely, path }) => isLikely || path === found.image)) {
      for (const step of this.#steps.filter(({ scans }) => !scans)) {
        const python = this.#guard(image, () => this.#tryStep(step, image, runtimes));
        if (!python) continue;
        runtimes.add(python.runtime);
        pythons.push(python);
        break;
      }
    }
    return pythons;
  }

  /** Asks the likely files for a version, if none is known yet: for the error. */
  findVersion(): PythonVersion | undefined {
    for (const image of this.images) {
      if (this.versions.best) break;
      if (image.isLikely) this.#guard(image, () => void this.versions.of(image));
    }
    return this.versions.best;
  }

  /** Nothing, and a note, of a file that cannot be read. */
  #guard(image: Image, look: () => Python | undefined): Python | undefined {
    if (this.#unreadable.has(image)) return undefined;
    try {
      return look();
    } catch (error) {
      if (!isUnreadableFile(error) && !isGarbage(error)) throw error;
      this.#unreadable.add(image);
      this.#note("open", image, error.message);
      return undefined;
    }
  }

  #tryKnown(image: Image): Python | undefined {
    const known = this.#options.known?.find(image);
    if (!known || !this.#options.strategies.includes(known.strategy)) return undefined;
    const candidate = this.#tryRuntime(image, known.strategy, image.loaded(known.runtime));
    return typeof candidate !== "string" && candidate.isProven ? candidate.python : undefined;
  }

  /** `taken`: runtimes that need no other look. */
  #tryStep(step: RuntimeStrategy, image: Image, taken?: ReadonlySet<number>): Python | undefined {
    if (step.scans && !image.isLikely && dataSize(image) > MOST_DATA_OF_OTHERS) {
      this.#note(step.name, image, "not tried: much data, and no name of an interpreter");
      return undefined;
    }
    for (const layout of step.needsLayout ? this.versions.layouts(image) : [undefined]) {
      const runtimes = step.find(image, this.#reader, layout);
      if (typeof runtimes === "string") this.#note(step.name, image, runtimes);
      else {
        const python = this.#tryRuntimes(step, image, runtimes.filter((runtime) => !taken?.has(runtime)));
        if (python) return python;
      }
    }
    return undefined;
  }

  /** Of what a scan finds by chance much leads to something empty: there the candidates with stacks come first. */
  #tryRuntimes(step: RuntimeStrategy, image: Image, runtimes: readonly number[]): Python | undefined {
    let unproven: Python | undefined;
    for (const runtime of runtimes) {
      const candidate = this.#tryRuntime(image, step.name, runtime);
      if (typeof candidate === "string") this.#note(step.name, image, candidate);
      else if (candidate.isProven || !step.scans) return this.#remember(image, candidate.python);
      else unproven ??= candidate.python;
    }
    return unproven;
  }

  #remember(image: Image, python: Python): Python {
    this.#options.known?.add(image, python.runtime, python.strategy);
    return python;
  }

  /** The Python whose `_PyRuntime` is at an address, if it closes in one of the versions it may have; else what does not. */
  #tryRuntime(image: Image, strategy: string, runtime: number): Candidate | string {
    const seen: string[] = [];
    let empty: Python | undefined;
    try {
      for (const description of this.versions.describe(image, runtime)) {
        const python = new Python({ process: this.#process, ...description, runtime, image: image.path, strategy });
        const closing = closeCandidate(python);
        if (closing === "closes") return { python, isProven: true };
        if (closing === "empty") empty ??= python;
        else seen.push(closing.saw);
        if (typeof closing !== "string" && closing.isUninitialised) this.isUninitialised = true;
      }
    } catch (error) {
      if (!isGarbage(error)) throw error;
      seen.push(error.message);
    }
    // Stacks that cannot be followed in one way do not become none by reading them in another.
    if (empty && seen.length === 0) return { python: empty, isProven: false };
    return `0x${runtime.toString(16)}: ${seen[0] ?? this.#withoutLayout(image)}`;
  }

  #withoutLayout(image: Image): string {
    const [version] = this.versions.of(image);
    return `no layout for ${version ? `Python ${formatVersion(version)}` : "an unknown version"}`;
  }

  #note(strategy: string, image: Image, saw: string): void {
    this.attempts.push({ strategy, image: image.path, saw });
  }
}

function isNamed(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}

function pointerSizeOf(process: Process): 4 | 8 {
  return process.architecture === "arm" || process.architecture === "ia32" ? 4 : 8;
}
