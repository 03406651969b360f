import { readdirSync, readFileSync } from "node:fs";
import { errorCode } from "./errno.ts";
import { procError } from "./proc-error.ts";
import { parseStat } from "./stat.ts";
import { threadIds } from "./threads.ts";

/** Pids of the direct children, ascending. */
export function children(pid: number): number[] {
  const found = childrenOfThreads(pid) ?? childrenByScan(pid);
  return found.sort((a, b) => a - b);
}

/** A child belongs to the thread that forked it. Undefined on kernels without CONFIG_PROC_CHILDREN. */
function childrenOfThreads(pid: number): number[] | undefined {
  const found: number[] = [];
  for (const id of threadIds(pid)) {
    try {
      const text = readFileSync(`/proc/${pid}/task/${id}/children`, "utf8").trim();
      if (text !== "") found.push(...text.split(" ").map(Number));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      if (errorCode(error) !== "ESRCH") throw procError(pid, "list the children", error);
    }
  }
  return found;
}

function childrenByScan(pid: number): number[] {
  const found: number[] = [];
  for (const entry of readdirSync("/proc")) {
    const child = Number(entry);
    if (Number.isInteger(child) && parentOf(child) === pid) found.push(child);
  }
  return found;
}

function parentOf(pid: number): number | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.parent;
  } catch {
    return undefined;
  }
}
