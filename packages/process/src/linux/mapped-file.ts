import { ProcessError } from "../errors.ts";
import type { MemoryMap } from "../process.ts";
import { errorCode } from "./errno.ts";
import { FileSource } from "./file-source.ts";
import { procError } from "./proc-error.ts";
import { insideRoot, resolveInRoot, rootDirectory } from "./root.ts";
import { liveFolder } from "./threads.ts";

interface Candidate {
  /** What to open; undefined when it is known not to be there. */
  path(): string | undefined;
  /** Opened through the process itself, so that an equal inode number is proof enough. */
  readonly own: boolean;
}

/**
 * Opens the file that a map maps, wherever it is by now. File systems that stack (overlayfs, btrfs) give stat other
 * device numbers than maps, so the device counts only where a path could lead to another file system.
 */
export function openMappedFile(pid: number, map: MemoryMap): FileSource {
  const tried: string[] = [];
  for (const candidate of candidates(pid, map)) {
    const result = tryOpen(pid, map, candidate);
    if (result instanceof FileSource) return result;
    tried.push(result);
  }
  const what = map.inode === 0 ? `${map.path || "anonymous memory"}, which is no file` : map.path;
  const message = `cannot open the file mapped at 0x${map.start.toString(16)}: ${what} (${tried.join("; ")})`;
  throw new ProcessError("file-not-found", pid, message);
}

function candidates(pid: number, map: MemoryMap): Candidate[] {
  if (map.inode === 0) return [];
  const range = `${map.start.toString(16)}-${map.end.toString(16)}`;
  const found: Candidate[] = [{ own: true, path: () => `/proc/${pid}/map_files/${range}` }];
  if (map.path.startsWith("/")) {
    const inRoot = (): string => insideRoot(rootDirectory(pid), map.path);
    found.push({ own: false, path: () => map.path });
    found.push({ own: true, path: () => resolveInRoot(pid, inRoot(), () => "/") });
  }
  found.push({ own: true, path: () => `${liveFolder(pid)}/exe` });
  return found;
}

/** The file, or why it is not the one. */
function tryOpen(pid: number, map: MemoryMap, candidate: Candidate): FileSource | string {
  let path: string | undefined;
  try {
    path = candidate.path();
    if (path === undefined) return `not below /proc/${pid}/root`;
    const file = FileSource.open(path, map.path);
    if (file === undefined) return `${path}: no regular file`;
    if (isMapped(file, map, candidate.own)) return file;
    file[Symbol.dispose]();
    return `${path}: another file`;
  } catch (error) {
    if (error instanceof ProcessError && error.code === "no-such-process") throw error;
    const code = errorCode(error);
    if (code === "EMFILE" || code === "ENFILE") throw procError(pid, `open ${map.path}`, error);
    return `${path ?? `/proc/${pid}/root`}: ${code === "" ? String(error) : code}`;
  }
}

function isMapped(file: FileSource, map: MemoryMap, own: boolean): boolean {
  if (file.stats.ino !== map.inode) return false;
  return own || deviceName(file.stats.dev) === map.device;
}

/** A dev_t as /proc/PID/maps writes it: 12 + 20 bits, the low 8 of the minor number first (makedev(3)). */
function deviceName(dev: number): string {
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return `${hex(major)}:${hex(minor)}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
