import { openProcess, type Process, ProcessError, spawnProcess } from "@pyspy/process";
import type { Outcome, Probes } from "./facts.ts";

/** An address that no process has mapped; asking for it shows whether one may ask, which the kernel checks first. */
const UNMAPPED = 4096;
const BYTES = 16;
/** Ends by itself should we not come to end it. */
const SLEEPER = "setTimeout(() => {}, 10_000)";

/** Tries on a child of our own all that reading a process takes. */
export function probeSystem(): Probes {
  const foreignFunctions = attempt(() => readOnce(process.pid, "process_vm_readv"), isKoffiMissing);
  let child: ReturnType<typeof spawnProcess>;
  try {
    child = spawnProcess([process.execPath, "-e", SLEEPER], { env: { ...process.env, NODE_OPTIONS: undefined } });
  } catch (error) {
    const failed = failure(error);
    return { foreignFunctions, processVmReadv: failed, memoryFile: probeMemory(process.pid, "/proc/pid/mem"), ptrace: failed };
  }
  try {
    const processVmReadv = probeMemory(child.pid, "process_vm_readv");
    const memoryFile = probeMemory(child.pid, "/proc/pid/mem");
    return { foreignFunctions, processVmReadv, memoryFile, ptrace: attempt(() => pauseOnce(child.pid)) };
  } finally {
    child.kill("SIGKILL");
    void child.wait();
  }
}

/** Whether a process's memory can be read in a certain way. */
export function probeMemory(pid: number, method: "process_vm_readv" | "/proc/pid/mem"): Outcome {
  return attempt(() => readOnce(pid, method));
}

/** Runs something that throws when it does not work; of failures, only those that `counts` picks. */
function attempt(run: () => void, counts: (error: unknown) => boolean = () => true): Outcome {
  try {
    run();
    return { works: true };
  } catch (error) {
    return counts(error) ? failure(error) : { works: true };
  }
}

function failure(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  return { works: false, errno: /\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? "", message };
}

function isKoffiMissing(error: unknown): boolean {
  return error instanceof ProcessError && error.code === "unsupported";
}

function readOnce(pid: number, memory: "process_vm_readv" | "/proc/pid/mem"): void {
  using target = openProcess(pid, { memory });
  const batch = target.memory.batch(BYTES, 1);
  batch.add(readableAddress(target), BYTES);
  target.memory.readBatch(batch);
}

/** The maps need a right of their own, and a weaker one. */
function readableAddress(target: Process): number {
  try {
    return target.memoryMaps().find(({ readable }) => readable)?.start ?? UNMAPPED;
  } catch {
    return UNMAPPED;
  }
}

function pauseOnce(pid: number): void {
  using target = openProcess(pid);
  target.pause()[Symbol.dispose]();
}
