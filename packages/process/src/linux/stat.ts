import { uptime } from "node:os";
import type { ThreadState } from "../process.ts";

/** The fields of /proc/PID/stat and /proc/PID/task/TID/stat that this package uses (proc_pid_stat(5)). */
export interface Stat {
  readonly name: string;
  readonly state: ThreadState;
  readonly parent: number;
  /** Minor page faults of children that have ended and been waited for, and of theirs. */
  readonly childFaults: number;
  readonly threadCount: number;
  /** User plus system time in nanoseconds, in steps of a clock tick. */
  readonly cpuTime: number;
  /** In clock ticks after boot. */
  readonly startTime: number;
}

/** USER_HZ, the unit of times in /proc, is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;
const nanosecondsPerTick = 1e9 / ticksPerSecond;

/**
 * The name may hold spaces, parentheses and newlines, and only letters, digits and signs follow it: so it ends at the
 * last parenthesis. Undefined when the text is no stat line.
 */
export function parseStat(text: string): Stat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  // fields[0] is field 3 of the manual page.
  const fields = text.slice(close + 2).trimEnd().split(" ");
  if (fields.length < 20) return undefined;
  return {
    name: text.slice(open + 1, close),
    state: threadState(fields[0]!.charCodeAt(0)),
    parent: Number(fields[1]),
    childFaults: Number(fields[8]),
    cpuTime: (Number(fields[11]) + Number(fields[12])) * nanosecondsPerTick,
    threadCount: Number(fields[17]),
    startTime: Number(fields[19]),
  };
}

/**
 * Seconds since a start time. The system's uptime can be another than the kernel's (time namespaces, containers that
 * are shown one of their own): an age that cannot be is Infinity.
 */
export function ageOf(startTime: number | undefined): number {
  const age = startTime === undefined ? Infinity : uptime() - startTime / ticksPerSecond;
  return age >= -1 ? Math.max(age, 0) : Infinity;
}

/** The state letter of a stat line as a state. */
export function threadState(letter: number): ThreadState {
  switch (letter) {
    case 0x52: // R
      return "running";
    case 0x53: // S
    case 0x49: // I: an idle kernel thread
      return "sleeping";
    case 0x44: // D
      return "waiting";
    case 0x54: // T: by a signal
    case 0x74: // t: by a tracer
      return "stopped";
    case 0x5a: // Z
    case 0x58: // X
    case 0x78: // x
      return "dead";
    default:
      return "unknown";
  }
}
