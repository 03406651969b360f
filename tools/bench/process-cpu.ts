import { readdirSync, readFileSync } from "node:fs";

/** What /proc calls a clock tick: the same on all platforms of Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, of a process and its threads so far; of those that still run. */
export function processCpu(pid: number): number {
  try {
    return threadCpu(pid);
  } catch {
    const [user, system] = statTimes(readFileSync(`/proc/${pid}/stat`, "utf8")); // a kernel without schedstat
    return user + system;
  }
}

/** User, system, children's user and children's system time in seconds, from the text of a /proc/PID/stat. */
export function statTimes(text: string): readonly [number, number, number, number] {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // proc(5): from the third field, state
  const seconds = (index: number): number => Number(fields[index]) / TICKS_PER_SECOND;
  return [seconds(11), seconds(12), seconds(13), seconds(14)];
}

/** To the nanosecond, unlike `stat`: the first number of schedstat. */
function threadCpu(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    nanoseconds += Number(onCpu);
  }
  return nanoseconds / 1e9;
}
