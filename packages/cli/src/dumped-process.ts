import { openProcess, type Process, ProcessError } from "@pyspy/process";
import { attach, AttachError, formatVersion, readStacks, type ReadStacksOptions, type ThreadStack } from "@pyspy/sampler";
import { message } from "./message.ts";

/** A process whose stacks were read. */
export interface DumpedProcess {
  readonly pid: number;
  readonly commandLine: readonly string[];
  readonly executable: string;
  /** "3.11.7". */
  readonly version: string;
  /** Whether a frame of its own shows where C calls Python (3.12 and later): `traits.shimOwner` is set. */
  readonly hasShims: boolean;
  readonly stacks: readonly ThreadStack[];
  /** The process that was asked for or is between it and this one; absent for the process that was asked for. */
  readonly parent?: ParentProcess;
}

export interface ParentProcess {
  readonly pid: number;
  readonly commandLine: readonly string[];
  readonly parent?: ParentProcess;
}

export interface ReadingOptions extends ReadStacksOptions {
  /** "3.11.7", or less of it: instead of what the process says. */
  readonly pythonVersion?: string;
}

/** Descendants looked at, and generations of them, at most. */
const MAX_PROCESSES = 4096;

/** Reads the process. Throws `AttachError` or `ProcessError` when that cannot be done. */
export function dumpProcess(pid: number, options: ReadingOptions): DumpedProcess {
  using target = openProcess(pid);
  return read(target, undefined, options);
}

/** Reads the process and all of its descendants, parents first; those that are no Python are left out with a message. */
export function dumpTree(pid: number, options: ReadingOptions): DumpedProcess[] {
  const dumped: DumpedProcess[] = [];
  const queue: Relative[] = [{ pid, parent: undefined }];
  for (let seen = 0; queue.length > 0 && seen < MAX_PROCESSES; seen++) {
    const relative = queue.shift() as Relative;
    try {
      dumped.push(dumpRelative(relative, options, queue));
    } catch (error) {
      const isRoot = relative.parent === undefined;
      if (!(error instanceof AttachError || (error instanceof ProcessError && !isRoot))) throw error;
      message(`Left out process ${relative.pid}: ${error.message.split("\n")[0] as string}`);
    }
  }
  if (dumped.length === 0) throw new AttachError("not-python", pid, `no Python found in process ${pid} or any of its subprocesses`);
  return dumped;
}

/** A process of the tree, and the one that started it. */
interface Relative {
  readonly pid: number;
  readonly parent: ParentProcess | undefined;
}

/** Reads a process after adding its children to the queue. */
function dumpRelative({ pid, parent }: Relative, options: ReadingOptions, queue: Relative[]): DumpedProcess {
  // Not in the loop that catches: as esbuild lowers it, an error of one round would be thrown again in the next.
  using target = openProcess(pid);
  const self: ParentProcess = { pid, commandLine: target.commandLine(), ...(parent && { parent }) };
  queue.push(...target.children().map((child) => ({ pid: child, parent: self })));
  return read(target, parent, options);
}

function read(target: Process, parent: ParentProcess | undefined, options: ReadingOptions): DumpedProcess {
  const { pythonVersion } = options;
  const python = attach(target, pythonVersion === undefined ? {} : { pythonVersion });
  return {
    pid: target.pid,
    commandLine: target.commandLine(),
    executable: target.executable(),
    version: formatVersion(python.version),
    hasShims: python.layout.traits.shimOwner !== undefined,
    stacks: readStacks(python, options),
    ...(parent && { parent }),
  };
}
