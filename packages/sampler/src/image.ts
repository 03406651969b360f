import { type Binary, BinaryError, type BinarySymbol, openBinary } from "@pyspy/binary";
import { type MemoryMap, type Process, ProcessError } from "@pyspy/process";
import { LoadedFile } from "./loaded-file.ts";

/** Symbols that tell an interpreter, which are looked for together where there is likely none of them. */
const SOUGHT: readonly string[] = ["_PyRuntime", "interp_head", "Py_Version"];

/** A file mapped into the process as a program or library, opened when first asked for. */
export class Image {
  readonly path: string;
  readonly process: Process;
  /** Whether it is named like an interpreter, or is the executable. */
  readonly isLikely: boolean;
  /** Of the file, by offset; the first has its beginning. */
  readonly #maps: readonly MemoryMap[];
  readonly #symbols = new Map<string, BinarySymbol | undefined>();
  #binary: Binary | undefined;
  #failure: Error | undefined;

  constructor(process: Process, maps: readonly MemoryMap[], isLikely: boolean) {
    this.process = process;
    this.path = maps[0]?.path ?? "";
    this.isLikely = isLikely;
    this.#maps = maps;
  }

  /** Throws `BinaryError` or `ProcessError`, each time, when the file cannot be read or is no program. */
  get binary(): Binary {
    if (this.#failure) throw this.#failure;
    try {
      this.#binary ??= this.#open();
      return this.#binary;
    } catch (error) {
      if (error instanceof BinaryError || error instanceof ProcessError) this.#failure = error;
      throw error;
    }
  }

  symbol(name: string): BinarySymbol | undefined {
    return this.symbols(this.path.includes("python") ? [name] : [name, ...SOUGHT]).get(name);
  }

  /** Asking for some that are not there goes through all of a file's symbols: once. */
  symbols(names: readonly string[]): ReadonlyMap<string, BinarySymbol | undefined> {
    const unknown = names.filter((name) => !this.#symbols.has(name));
    if (unknown.length > 0) {
      const found = this.binary.symbols(unknown);
      for (const name of unknown) this.#symbols.set(name, found.get(name));
    }
    return this.#symbols;
  }

  /** Address in the process of an address that the file names. */
  loaded(address: number): number {
    return address + this.#loadBias;
  }

  /** The address as the file names it. */
  unloaded(address: number): number {
    return address - this.#loadBias;
  }

  /** Tells the file's content: equal identities, the same interpreter. */
  get identity(): string {
    const { device, inode } = this.#first;
    return this.binary.buildId ?? `${device} ${inode} ${this.path}`;
  }

  /** The file itself; else, where it cannot be opened any more, what is loaded of it. */
  #open(): Binary {
    try {
      return openBinary(this.process.mappedFile(this.#first));
    } catch (error) {
      if (!(error instanceof ProcessError) || error.code !== "file-not-found" || !this.process.capabilities.live) throw error;
      return openBinary(new LoadedFile(this.process.memory, this.#maps), { loadedAt: this.#first.start - this.#first.offset });
    }
  }

  get #first(): MemoryMap {
    return this.#maps[0] as MemoryMap;
  }

  get #loadBias(): number {
    return this.binary.loadBias(this.#first.start, this.#first.offset);
  }
}

/** Files that may hold an interpreter, likely ones first: libpython, the executable, what is named like it, the rest. */
export function findImages(process: Process): Image[] {
  const executable = process.executable();
  return loadedFiles(process.memoryMaps())
    .filter((maps) => maps.some((map) => map.executable))
    .map((maps) => ({ maps, rank: rank((maps[0] as MemoryMap).path, executable) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ maps, rank: of }) => new Image(process, maps, of < OTHER));
}

/** The maps of each file; of a file that was loaded twice (`dlmopen`), those of each time. */
function loadedFiles(maps: readonly MemoryMap[]): MemoryMap[][] {
  const all: MemoryMap[][] = [];
  const latest = new Map<string, MemoryMap[]>();
  for (const map of maps) {
    if (map.inode === 0 || map.path === "" || isDevice(map.path)) continue;
    const key = `${map.path}\0${map.device}\0${map.inode}`;
    const known = latest.get(key);
    if (known && !isNextCopy(map, known.at(-1) as MemoryMap)) {
      known.push(map);
      continue;
    }
    const file = [map];
    latest.set(key, file);
    all.push(file);
  }
  return all.map((file) => file.toSorted((a, b) => a.offset - b.offset));
}

/** Each copy begins with the file's beginning, which segments of a very small file can share. */
function isNextCopy(map: MemoryMap, last: MemoryMap): boolean {
  return map.offset === 0 && (last.offset > 0 || last.end !== map.start);
}

/** Opening a device can do anything; /dev/shm is a folder like others. */
function isDevice(path: string): boolean {
  return path.startsWith("/dev/") && !path.startsWith("/dev/shm/");
}

const OTHER = 3;

function rank(path: string, executable: string): number {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^libpython\d/.test(name)) return 0;
  if (path === executable) return 1;
  return /^python\d?/.test(name) ? 2 : OTHER;
}
