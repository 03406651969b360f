import { readdirSync, readFileSync } from "node:fs";
import type { ThreadInfo } from "../process.ts";
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

/** A thread that runs, for what the main thread cannot answer any more after it has ended before the others. */
export function liveThread(pid: number): number | undefined {
  return threadIds(pid).find((id) => (threadStat(pid, id)?.state ?? "dead") !== "dead");
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
