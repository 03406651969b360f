import type { Profile, Thread } from "@pyspy/profile";
import type { FrameView, ViewedFrame } from "./frame-view.ts";

/** The root frames that `view` asks for above the stacks of a thread, outermost first. */
export function rootFrames(profile: Profile, thread: Thread, view: FrameView): ViewedFrame[] {
  const roots: ViewedFrame[] = [];
  if (view.processes) {
    for (const name of processTexts(profile, thread.pid)) roots.push({ kind: "process", name, file: "", line: 0 });
  }
  if (view.threads) roots.push({ kind: "thread", name: threadText(thread), file: "", line: 0 });
  return roots;
}

/** The operating system's thread id, else Python's in hexadecimal, as py-spy prints them. */
export function threadIdText({ osThreadId, threadId }: Thread): string {
  return osThreadId === 0 ? `0x${threadId.toString(16).toUpperCase()}` : String(osThreadId);
}

/** Command line of a process as one text; "" if not known. */
export function commandText(profile: Profile, pid: number): string {
  return profile.processes.find((process) => process.pid === pid)?.commandLine.join(" ") ?? "";
}

function threadText(thread: Thread): string {
  const id = `thread (${threadIdText(thread)})`;
  return thread.name === "" ? id : `${id}: ${thread.name}`;
}

/** One text for each known ancestor and the process itself, oldest first. */
function processTexts(profile: Profile, pid: number): string[] {
  const parents = new Map(profile.processes.map((process) => [process.pid, process.parentPid]));
  const lineage = [pid];
  let at = parents.get(pid);
  while (at !== undefined && parents.has(at) && !lineage.includes(at)) {
    lineage.unshift(at);
    at = parents.get(at);
  }
  return lineage.map((each) => `process ${each}:"${commandText(profile, each)}"`);
}
