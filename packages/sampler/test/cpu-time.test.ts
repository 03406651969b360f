import { readFileSync } from "node:fs";
import type { Profile } from "@pyspy/profile";
import { record } from "@pyspy/sampler";
import { pythons } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { startInline } from "./inline-target.ts";
import { unsupported } from "./supported.ts";

const SPINS_AND_SLEEPS = `
import threading, time
threading.Thread(target=time.sleep, args=(3600,), name="sleeper", daemon=True).start()
ready()
while True: pass
`;

const readable = pythons().filter((python) => unsupported(python) === "" && python.version.major === 3);
/** One that keeps the system's thread ids, and one that does not. */
const both = [readable.find(({ version }) => version.minor <= 10), readable.at(-1)].filter((python) => python !== undefined);

describe.each(both.map((python) => [python.label, python] as const))("CPU time in a recording of %s", (_, python) => {
  it("is what the system charged the threads with between their samples, as far as it goes", async () => {
    await using target = await startInline(python, SPINS_AND_SLEEPS);
    const before = chargedWith(target.pid);
    const { profile } = await record({ pid: target.pid, rate: 200, duration: 1, idle: true }).result;
    const charged = chargedWith(target.pid) - before;
    const cpuTime = byThread(profile);
    // No more than all that came between two looks from outside; of that, all but what came before the first sample and after the last.
    expect(cpuTime.get("MainThread")).toBeGreaterThan(0);
    expect(cpuTime.get("MainThread")).toBeLessThanOrEqual(charged);
    expect(cpuTime.get("sleeper")).toBeLessThan((cpuTime.get("MainThread") as number) / 20);
  });
});

/** Seconds on a CPU of a process's first thread. */
function chargedWith(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;
}

function byThread(profile: Profile): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { thread, cpuTime } of profile.samples()) {
    const name = profile.threads[thread]?.name ?? "";
    sums.set(name, (sums.get(name) ?? 0) + cpuTime);
  }
  return sums;
}
