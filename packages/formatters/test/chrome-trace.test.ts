import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile } from "@pyspy/profile";
import { writeChromeTrace } from "@pyspy/formatters";
import { profile, totalWeight, view } from "./arbitrary.ts";
import { frames, info, sampleProfile } from "./sample-profile.ts";

interface Event {
  ph: "B" | "E" | "M";
  ts: number;
  tts?: number;
  pid: number;
  tid: number;
  name: string;
  args: Record<string, unknown>;
}

const text = (of: Profile, options = {}): string => [...writeChromeTrace(of, options)].join("");
const events = (of: Profile, options = {}): Event[] => (JSON.parse(text(of, options)) as { traceEvents: Event[] }).traceEvents;

/** Replays the events; gives the time in which anything was open, in microseconds. */
function busyTime(all: readonly Event[]): number {
  const threads = new Map<string, { open: string[]; ts: number; busy: number }>();
  for (const { ph, ts, pid, tid, name, args } of all) {
    if (ph === "M") continue;
    const key = `${pid} ${tid}`;
    const thread = threads.get(key) ?? { open: [], ts: 0, busy: 0 };
    threads.set(key, thread);
    expect(ts).toBeGreaterThanOrEqual(thread.ts);
    if (thread.open.length > 0) thread.busy += ts - thread.ts;
    thread.ts = ts;
    const label = JSON.stringify([name, args]);
    if (ph === "B") thread.open.push(label);
    else expect(thread.open.pop()).toBe(label);
  }
  for (const { open } of threads.values()) expect(open).toEqual([]);
  return [...threads.values()].reduce((sum, { busy }) => sum + busy, 0);
}

describe("writeChromeTrace", () => {
  it("writes the golden file", async () => {
    await expect(text(sampleProfile())).toMatchFileSnapshot("golden/sample.trace.json");
  });

  it("nests slices, closes all, never goes back in time, and keeps the total", () => {
    fc.assert(
      fc.property(profile, view, (of, options) => {
        expect(busyTime(events(of, options))).toBeCloseTo(totalWeight(of) * info.interval * 1e6, 1);
      }),
    );
  });

  it("names processes and threads and sorts the main thread first", () => {
    const named = events(sampleProfile()).filter(({ ph }) => ph === "M");
    expect(named.map(({ pid, tid, name, args }) => [pid, tid, name, Object.values(args)[0]])).toEqual([
      [100, 0, "process_name", "python app.py --verbose"],
      [101, 0, "process_name", "python -c work()"],
      [100, 100, "thread_name", "MainThread"],
      [100, 100, "thread_sort_index", 0],
      [100, 107, "thread_name", "worker-1"],
      [100, 107, "thread_sort_index", 1],
      [101, 101, "thread_name", "thread 101"],
      [101, 101, "thread_sort_index", 2],
    ]);
  });

  it("keeps a slice open while the frame stays", () => {
    const made = new Profile(info);
    const thread = made.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    const outer = made.stackId(0, made.frameId(frames.module));
    for (let tick = 0; tick < 100; tick++) {
      made.addSample(thread, made.stackId(outer, made.frameId(tick < 50 ? frames.render9 : frames.render10)), tick / 100, 1, 0);
    }
    const slices = events(made).filter(({ ph }) => ph !== "M");
    expect(slices.map(({ ph, ts, args }) => [ph, ts, args["line"]])).toEqual([
      ["B", 0, 40],
      ["B", 0, 9],
      ["E", 500_000, 9],
      ["B", 500_000, 10],
      ["E", 1_000_000, 10],
      ["E", 1_000_000, 40],
    ]);
    expect(events(made, { lines: "none" }).filter(({ ph }) => ph !== "M")).toHaveLength(4);
  });

  it("gives the thread's clock where CPU time is known, and nothing elsewhere", () => {
    const made = new Profile(info);
    const [busy, other] = [1, 2].map((id) => made.threadId({ pid: 1, interpreter: 0, osThreadId: id, threadId: id, name: "" })) as [number, number];
    const [serve, lock] = [frames.serve, frames.lock].map((frame) => made.stackId(0, made.frameId(frame))) as [number, number];
    for (const [time, stack, cpuTime] of [[0.1, serve, 0], [0.11, serve, 0.004], [0.12, lock, 0.01], [0.5, serve, 0.025], [0.51, serve, 0.002]] as const) {
      made.addSample(busy, stack, time, 1, 0, cpuTime);
      made.addSample(other, serve, time, 1, 0);
    }
    const slices = events(made).filter(({ ph }) => ph !== "M");
    expect(slices.filter(({ tid }) => tid === 1).map(({ ph, ts, tts }) => [ph, ts, tts])).toEqual([
      ["B", 100_000, 0],
      ["E", 120_000, 14_000],
      ["B", 120_000, 14_000],
      // Of the 25 ms used up to the next sample, no more than the span's 10 can have been before idle time
      ["E", 130_000, 24_000],
      ["B", 500_000, 39_000],
      ["E", 520_000, 41_000],
    ]);
    expect(slices.filter(({ tid, tts }) => tid === 2 && tts !== undefined)).toEqual([]);
  });

  it("never lets the thread's clock go back", () => {
    fc.assert(
      fc.property(profile, fc.array(fc.nat({ max: 100_000 })), (of, cpuTimes) => {
        const made = Profile.fromData({ ...of.toData(), samples: { count: 0, blocks: [] } });
        for (const [index, { thread, stack, time, weight, flags }] of [...of.samples()].entries()) {
          made.addSample(thread, stack, time, weight, flags, (cpuTimes[index] ?? 0) / 1e6);
        }
        const clocks = new Map<string, number>();
        for (const { ph, pid, tid, tts } of events(made)) {
          if (ph === "M" || tts === undefined) continue;
          expect(tts).toBeGreaterThanOrEqual(clocks.get(`${pid} ${tid}`) ?? 0);
          clocks.set(`${pid} ${tid}`, tts);
        }
      }),
    );
  });

  it("keeps apart equal thread ids of two processes and two interpreters of one thread", () => {
    const made = new Profile(info);
    const stack = made.stackId(0, made.frameId(frames.serve));
    for (const [pid, interpreter] of [[100, 0], [100, 1], [101, 0]] as const) {
      made.addSample(made.threadId({ pid, interpreter, osThreadId: 0, threadId: 7, name: "t" }), stack, 0, 1, 0);
    }
    const begun = events(made).filter(({ ph }) => ph === "B");
    expect(begun.map(({ pid, tid }) => [pid, tid])).toEqual([[100, 7], [100, 8], [101, 7]]);
    expect(events(made).filter(({ name }) => name === "thread_name").map(({ args }) => args["name"])).toEqual(["t", "t (interpreter 1)", "t"]);
  });
});
