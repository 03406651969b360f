import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import type { Ready, ReadyThread } from "./ready.ts";

/** Four times as long as a thread waits for the GIL (5 ms) before it wakes and asks again. */
const QUIET_MILLISECONDS = 20;

/**
 * Waits until a program that has said that it is ready is so: each still thread has slept without waking for a while,
 * each busy one has worked for at least a clock tick. (It says so a moment before, and may have to wait for the GIL then.)
 */
export async function settle(ready: Ready, deadline: number): Promise<void> {
  if (process.platform !== "linux") return;
  const start = ready.threads.map((thread) => look(ready, thread));
  for (;;) {
    const before = ready.threads.map((thread) => look(ready, thread));
    await delay(QUIET_MILLISECONDS);
    const settled = ready.threads.every((thread, index) => {
      const now = look(ready, thread);
      if (thread.running) return now.ticks > (start[index]?.ticks ?? now.ticks);
      return now.state === "S" && before[index]?.state === "S" && now.switches === before[index].switches;
    });
    if (settled) return;
    if (Date.now() > deadline) throw new Error("its threads did not come to rest");
  }
}

interface Look {
  readonly state: string;
  /** CPU time in clock ticks. */
  readonly ticks: number;
  /** How often it has gone to sleep. */
  readonly switches: number;
}

function look(ready: Ready, thread: ReadyThread): Look {
  const task = `/proc/${ready.pid}/task/${thread.nativeId ?? ready.pid}`; // the main thread for one that can't tell
  const stat = readFileSync(`${task}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // proc(5): from the third, state
  const status = readFileSync(`${task}/status`, "utf8");
  return {
    state: fields[0] ?? "",
    ticks: Number(fields[11]) + Number(fields[12]),
    switches: Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]),
  };
}
