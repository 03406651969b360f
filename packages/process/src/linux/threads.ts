import { readdirSync, readFileSync, statSync } from "node:fs";
import type { InnerThreadId, ThreadInfo } from "../process.ts";
import { procError } from "./proc-error.ts";
import { parseStat, type Stat } from "./stat.ts";

/** Ids of the process's threads in the order of the kernel, the main thread first; those that ended, if not yet gone, too. */
export function threadIds(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch (error) {
    throw procError(pid, "list the threads", error);
  }
}

/** Whether the id is that of a thread of the process, ended or not. */
export function isThread(pid: number, id: number): boolean {
  return statSync(`/proc/${pid}/task/${id}`, { throwIfNoEntry: false }) !== undefined;
}

export function threads(pid: number): ThreadInfo[] {
  const found: ThreadInfo[] = [];
  for (const id of threadIds(pid)) {
    const stat = threadStat(pid, id);
    if (stat === undefined || stat.state === "dead") continue;
    const { name, state } = stat;
    found.push({ id, name, state, cpuTime: scheduledTime(pid, id) ?? stat.cpuTime });
  }
  return found;
}

/**
 * Ids of the threads in the process's own pid namespace, each with the id here; none where they are the same. The last
 * number of NSpid is the innermost (proc_pid_status(5)); kernels before 4.1 have no such line.
 */
export function innerThreadIds(pid: number): InnerThreadId[] {
  const pairs: InnerThreadId[] = [];
  for (const id of threadIds(pid)) {
    const numbers = namespaceIds(pid, id);
    if (numbers === undefined) continue;
    if (numbers.length < 2) return [];
    pairs.push([numbers.at(-1)!, id]);
  }
  return pairs;
}

/** Ids of a thread in each namespace from that of /proc inwards; undefined when the thread has ended. */
function namespaceIds(pid: number, id: number): readonly number[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/task/${id}/status`, "utf8");
    return /^NSpid:\s*(.*)$/m.exec(text)?.[1]?.split(/\s+/).map(Number) ?? [];
  } catch {
    return undefined;
  }
}

/** A thread that runs, for what the main thread cannot answer any more after it has ended before the others. */
export function liveThread(pid: number): number | undefined {
  return threadIds(pid).find((id) => (threadStat(pid, id)?.state ?? "dead") !== "dead");
}

/** Where /proc tells of the process's files: of a main thread that has ended before the others it does not any more. */
export function liveFolder(pid: number): string {
  if (threadStat(pid, pid)?.state !== "dead") return `/proc/${pid}`;
  return `/proc/${pid}/task/${liveThread(pid) ?? pid}`;
}

/** Undefined when the thread is gone. */
export function threadStat(pid: number, id: number): Stat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/task/${id}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** Time on a CPU in nanoseconds, finer than stat's ticks; kernels without CONFIG_SCHED_INFO have no such file. */
function scheduledTime(pid: number, id: number): number | undefined {
  try {
    const time = Number.parseInt(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8"), 10);
    return time > 0 ? time : undefined;
  } catch {
    return undefined;
  }
}
