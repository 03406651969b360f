import { ProcessError } from "./errors.ts";
import { openLinuxProcess } from "./linux/linux-process.ts";
import { spawnLinuxProcess } from "./linux/spawn.ts";
import type { Process } from "./process.ts";
import type { SpawnedProcess, SpawnOptions } from "./spawned-process.ts";

/** The primitives of Linux that read memory. */
export type MemoryMethod = "process_vm_readv" | "/proc/pid/mem";

export interface OpenOptions {
  /**
   * Forces how memory is read, for tests and benches. By default `process_vm_readv`, and `/proc/PID/mem` where that call
   * is missing or forbidden.
   */
  readonly memory?: MemoryMethod;
}

interface Platform {
  open(pid: number, options: OpenOptions): Process;
  spawn(argv: readonly string[], options: SpawnOptions): SpawnedProcess;
}

/**
 * Opens a running process; dispose of it to close its descriptors.
 * Throws {@link ProcessError}: `no-such-process` when nothing runs under that pid, `permission-denied`, `unsupported`
 * on a platform or processor that cannot be read yet.
 */
export function openProcess(pid: number, options: OpenOptions = {}): Process {
  if (!Number.isInteger(pid) || pid <= 0 || pid > 0x7fff_ffff) {
    throw new ProcessError("no-such-process", pid, `${pid} is not a process id`);
  }
  return platformOf(pid).open(pid, options);
}

/**
 * Starts a program that shares this process's standard streams and is safe to trace: Node's own `child_process` takes
 * the stop of a traced child for its end. `argv[0]` is looked up in PATH.
 * Throws {@link ProcessError} `spawn-failed` when it cannot be started.
 */
export function spawnProcess(argv: readonly string[], options: SpawnOptions = {}): SpawnedProcess {
  return platformOf(0).spawn(argv, options);
}

/** The platform we run on. Nothing else in the tree asks for it. */
export const hostPlatform: NodeJS.Platform = process.platform;

function platformOf(pid: number): Platform {
  if (hostPlatform === "linux") return { open: openLinuxProcess, spawn: spawnLinuxProcess };
  throw new ProcessError("unsupported", pid, `processes on ${hostPlatform} are not supported`);
}
