import { readFileSync } from "node:fs";
import type { MemoryMap } from "../process.ts";
import { procError } from "./proc-error.ts";
import { liveThread } from "./threads.ts";

const deletedSuffix = " (deleted)";
/** start-end permissions offset device inode path; the path is all that follows, spaces included. */
const mapLine = /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])[ps] ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+) *(.*)$/;

/** The process's maps. When only the main thread has ended, its own file is empty and another thread's tells. */
export function memoryMaps(pid: number): MemoryMap[] {
  const text = readMaps(pid, `/proc/${pid}/maps`);
  if (text !== "") return parseMaps(text);
  const thread = liveThread(pid);
  return thread === undefined ? [] : parseMaps(readMaps(pid, `/proc/${pid}/task/${thread}/maps`));
}

function readMaps(pid: number, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw procError(pid, "read the memory maps", error);
  }
}

/** Parses the text of /proc/PID/maps; lines that are not of its form are left out. */
export function parseMaps(text: string): MemoryMap[] {
  const maps: MemoryMap[] = [];
  for (const line of text.split("\n")) {
    const match = mapLine.exec(line);
    if (match === null) continue;
    const map = toMap(match);
    // Leaves out [vsyscall], the kernel's own page above user space, whose address no number holds exactly.
    if (map.end <= Number.MAX_SAFE_INTEGER) maps.push(map);
  }
  return maps;
}

function toMap(match: RegExpExecArray): MemoryMap {
  const [, start, end, read, write, execute, offset, device, inode, rawPath] = match;
  // The kernel escapes newlines and nothing else, so a path that spells "\012" out cannot be told from one; likewise
  // a file whose name ends in " (deleted)" counts as deleted.
  const path = rawPath!.replaceAll("\\012", "\n");
  const deleted = path.endsWith(deletedSuffix);
  return {
    start: Number.parseInt(start!, 16),
    end: Number.parseInt(end!, 16),
    readable: read === "r",
    writable: write === "w",
    executable: execute === "x",
    offset: Number.parseInt(offset!, 16),
    path: deleted ? path.slice(0, -deletedSuffix.length) : path,
    deleted,
    device: device!,
    inode: Number(inode),
  };
}
