import { type Binary, openBinary } from "@pyspy/binary";
import type { MemoryMap, Process } from "@pyspy/process";

/** A file mapped into the process as a program or library, opened when first asked for. */
export class Image {
  readonly path: string;
  readonly process: Process;
  /** The map of the file's beginning. */
  readonly #map: MemoryMap;
  #binary: Binary | undefined;

  constructor(process: Process, map: MemoryMap) {
    this.process = process;
    this.path = map.path;
    this.#map = map;
  }

  /** Throws `BinaryError` or `ProcessError` when the file cannot be read or is no program. */
  get binary(): Binary {
    this.#binary ??= openBinary(this.process.mappedFile(this.#map));
    return this.#binary;
  }

  /** Address in the process of an address that the file names. */
  loaded(address: number): number {
    return address + this.binary.loadBias(this.#map.start, this.#map.offset);
  }
}

/** Files that may hold an interpreter, likely ones first: libpython, the executable, what is named like it, the rest. */
export function findImages(process: Process): Image[] {
  const executable = process.executable();
  const firstMaps = new Map<string, MemoryMap>();
  const programs = new Set<string>();
  for (const map of process.memoryMaps()) {
    if (map.inode === 0 || map.path === "" || map.path.startsWith("/dev/")) continue;
    const key = `${map.path}\0${map.inode}`;
    const known = firstMaps.get(key);
    if (!known || map.offset < known.offset) firstMaps.set(key, map);
    if (map.executable) programs.add(key);
  }
  return [...firstMaps]
    .filter(([key]) => programs.has(key))
    .map(([, map]) => ({ image: new Image(process, map), rank: rank(map.path, executable) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ image }) => image);
}

/** Images up to this rank are named like an interpreter. */
export function isLikely(image: Image): boolean {
  return rank(image.path, image.process.executable()) < OTHER;
}

const OTHER = 3;

function rank(path: string, executable: string): number {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^libpython\d/.test(name)) return 0;
  if (path === executable) return 1;
  return /^python\d?/.test(name) ? 2 : OTHER;
}
