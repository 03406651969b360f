import { readFileSync } from "node:fs";

import { processCpu, statTimes, TICKS_PER_SECOND } from "./process-cpu.ts";

/** What the machine did beside us: in cores, that is CPU seconds a second. */
export interface OtherLoad {
  /** Other processes. */
  readonly others: number;
  /** What the host of a virtual machine took away from it. */
  readonly stolen: number;
}

/** Measures what else the machine does while the target and our children run. */
export function watchOtherLoad(target: number): () => OtherLoad {
  const before = look(target);
  return () => {
    const now = look(target);
    const seconds = (now.time - before.time) / 1000;
    const others = (now.busy - before.busy - (now.ours - before.ours)) / seconds;
    return { others: Math.max(others, 0), stolen: (now.stolen - before.stolen) / seconds };
  };
}

interface Look {
  readonly time: number;
  readonly busy: number;
  readonly stolen: number;
  readonly ours: number;
}

function look(target: number): Look {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  // proc(5): user nice system idle iowait irq softirq steal; guest time is in user's
  const fields = line.split(/\s+/).slice(1, 9).map((ticks) => Number(ticks) / TICKS_PER_SECOND);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = fields;
  const self = statTimes(readFileSync("/proc/self/stat", "utf8")); // children that have been waited for, and theirs
  const ours = self[0] + self[1] + self[2] + self[3] + processCpu(target);
  return { time: performance.now(), busy: user + nice + system + irq + softirq, stolen, ours };
}
