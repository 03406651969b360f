import { readlinkSync, statSync } from "node:fs";
import type { ProcessFacts } from "./facts.ts";
import { parseProcessStatus } from "./process-status.ts";
import { shownText as text } from "./shown-text.ts";

/** A process has so many ancestors at most, or they are in a circle. */
const MAX_ANCESTORS = 1000;

/** Undefined when /proc does not show it. */
export function gatherProcess(pid: number): ProcessFacts | undefined {
  const status = parseProcessStatus(text(`/proc/${pid}/status`));
  if (status === undefined) return undefined;
  const userMap = text(`/proc/${pid}/uid_map`).trim().replace(/[ \t]+/g, " ").replace(/ *\n */g, "\n");
  return {
    pid,
    status,
    userNamespace: link(`/proc/${pid}/ns/user`),
    pidNamespace: link(`/proc/${pid}/ns/pid`),
    userMap: userMap === "" ? undefined : userMap,
    ancestors: ancestorsOf(status.parent),
    dumpable: isDumpable(pid, status.users[1] as number),
  };
}

function ancestorsOf(parent: number): number[] {
  const found: number[] = [];
  let pid = parent;
  while (pid > 0 && found.length < MAX_ANCESTORS) {
    found.push(pid);
    pid = parseProcessStatus(text(`/proc/${pid}/status`))?.parent ?? 0;
  }
  return found;
}

/** proc_pid(5): the folder belongs to the effective user, or to root if the process is not dumpable. */
function isDumpable(pid: number, effectiveUser: number): boolean | undefined {
  if (effectiveUser === 0) return undefined;
  try {
    return statSync(`/proc/${pid}`).uid === effectiveUser;
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
