import { Profile, type ProfileInfo, SampleFlags } from "@pyspy/profile";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { TopStatistics } from "../src/top/top-statistics.ts";

const info: ProfileInfo = { interval: 0.5, startTime: 0, title: "", pythonVersion: "3.13.1", pid: 7, commandLine: ["python", "app.py"] };
const { idle, gilHolder } = SampleFlags;

/** A sample by names: frames root first, "f:3" is line 3 of `f`. */
interface Seen {
  readonly thread: number;
  readonly frames: readonly string[];
  readonly flags: number;
}
/** Samples of one time, and how many intervals each stands for. */
interface Tick {
  readonly weight: number;
  readonly seen: readonly Seen[];
}

function addTick(profile: Profile, { weight, seen }: Tick, time: number): void {
  for (const { thread, frames, flags } of seen) {
    const id = profile.threadId({ pid: 7, interpreter: 0, osThreadId: 70 + thread, threadId: 700 + thread, name: `t${thread}` });
    let stack = 0;
    for (const text of frames) {
      const [name, line] = text.split(":") as [string, string];
      const frame = { kind: "python", name, qualifiedName: "", file: `/lib/${name}.py`, shortFile: `${name}.py`, line: Number(line), column: 0, firstLine: 1, module: "" } as const;
      stack = profile.stackId(stack, profile.frameId(frame));
    }
    profile.addSample(id, stack, time, weight, flags);
  }
}

/** A tick of one thread in one frame. */
function one(frame: string): Tick {
  return { weight: 1, seen: [{ thread: 0, frames: [frame], flags: 0 }] };
}

type Counts = Record<string, readonly [own: number, total: number]>;

/** What the counts should be, sample by sample. */
function count(ticks: readonly Tick[], isCounted: (seen: Seen) => boolean, lines: boolean): Counts {
  const counts: Record<string, [number, number]> = {};
  for (const { weight, seen } of ticks) {
    for (const { frames } of seen.filter(isCounted)) {
      const keys = frames.map((text) => (lines ? text : text.slice(0, text.indexOf(":"))));
      for (const key of new Set(keys)) (counts[key] ??= [0, 0])[1] += weight;
      const leaf = keys.at(-1);
      if (leaf !== undefined) counts[leaf]![0] += weight;
    }
  }
  return counts;
}

function shown(statistics: TopStatistics, lines: boolean, of: "window" | "ever"): Counts {
  const rows = statistics.rows(lines).map((row) => {
    const counts: readonly [number, number] = of === "window" ? [row.own, row.total] : [row.ownEver, row.totalEver];
    return { key: lines ? `${row.name}:${row.line}` : row.name, counts };
  });
  return Object.fromEntries(rows.filter(({ counts }) => counts[1] > 0).map(({ key, counts }) => [key, counts]));
}

const seen: fc.Arbitrary<Seen> = fc.record({
  thread: fc.nat({ max: 3 }),
  frames: fc.array(fc.constantFrom("f:1", "f:2", "g:1", "g:5", "h:9"), { maxLength: 6 }),
  flags: fc.constantFrom(0, idle, gilHolder, idle | gilHolder),
});
const tick: fc.Arbitrary<Tick> = fc.record({ weight: fc.integer({ min: 1, max: 3 }), seen: fc.uniqueArray(seen, { selector: ({ thread }) => thread, minLength: 1 }) });
const windows = fc.array(fc.array(fc.array(tick, { maxLength: 4 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });

describe("TopStatistics", () => {
  it("counts windows and all time as counting sample by sample does, for functions and lines, filters and threads", () => {
    fc.assert(
      fc.property(windows, fc.record({ idle: fc.boolean(), gil: fc.boolean() }), fc.option(fc.nat({ max: 3 })), (parts, filter, selected) => {
        const profile = new Profile(info);
        const statistics = new TopStatistics(filter, "short");
        let time = 0;
        for (const increments of parts) {
          for (const ticks of increments) {
            for (const each of ticks) addTick(profile, each, time++);
            statistics.take(profile);
          }
          statistics.refresh(profile);
        }
        const thread = statistics.threads().find((activity) => activity.thread.osThreadId === 70 + (selected ?? -1))?.thread.id;
        statistics.select(thread, profile);
        const isCounted = ({ flags, thread: number }: Seen) =>
          (filter.idle || (flags & idle) === 0) && (!filter.gil || (flags & gilHolder) !== 0) && (thread === undefined || number === selected);
        for (const lines of [false, true]) {
          expect(shown(statistics, lines, "window")).toEqual(count(parts.at(-1)!.flat(), isCounted, lines));
          expect(shown(statistics, lines, "ever")).toEqual(count(parts.flat(2), isCounted, lines));
        }
        expect(statistics.ever.ticks).toBe(parts.flat(2).length);
        expect(profile.sampleCount).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("goes on counting in the thread that was selected, and in all again", () => {
    const profile = new Profile(info);
    const statistics = new TopStatistics({ idle: false, gil: false }, "short");
    const both: Tick = { weight: 1, seen: [{ thread: 0, frames: ["f:1"], flags: 0 }, { thread: 1, frames: ["g:1"], flags: 0 }] };
    const step = (time: number) => {
      addTick(profile, both, time);
      statistics.take(profile);
      statistics.refresh(profile);
    };
    step(0);
    statistics.select(0, profile);
    step(1);
    expect(shown(statistics, false, "ever")).toEqual({ f: [2, 2] });
    expect(shown(statistics, false, "window")).toEqual({ f: [1, 1] });
    statistics.select(undefined, profile);
    step(2);
    expect(shown(statistics, false, "ever")).toEqual({ f: [3, 3], g: [3, 3] });
  });

  it("says how many threads are active, hold the GIL, and are there", () => {
    const profile = new Profile(info);
    const statistics = new TopStatistics({ idle: false, gil: false }, "short");
    addTick(profile, { weight: 2, seen: [{ thread: 0, frames: ["f:1"], flags: gilHolder }, { thread: 1, frames: ["g:1"], flags: 0 }, { thread: 2, frames: ["h:9"], flags: idle }] }, 0);
    addTick(profile, { weight: 1, seen: [{ thread: 0, frames: ["f:1"], flags: idle }, { thread: 1, frames: ["g:1"], flags: gilHolder }] }, 1);
    profile.duration = 1.5;
    statistics.take(profile);
    statistics.refresh(profile);
    const { window } = statistics;
    expect({ gil: window.gil, active: window.active, intervals: window.intervals(info.interval), threads: window.threadCount() }).toEqual({ gil: 3, active: 5, intervals: 3, threads: 2 });
    expect(statistics.threads().map(({ thread, window: now, ever }) => [thread.name, now?.own, now?.gil, now?.state, ever.own])).toEqual([
      ["t0", 2, 2, "idle", 2],
      ["t1", 3, 1, "active+gil", 3],
      ["t2", 0, 0, "idle", 0],
    ]);
  });

  it("keeps what it shows until the next refresh, and makes the whole time the window at the end", () => {
    const profile = new Profile(info);
    const statistics = new TopStatistics({ idle: false, gil: false }, "short");
    addTick(profile, one("f:1"), 0);
    statistics.take(profile);
    statistics.refresh(profile);
    addTick(profile, one("g:1"), 1);
    statistics.take(profile);
    expect(shown(statistics, false, "ever")).toEqual({ f: [1, 1] });
    statistics.finish(profile);
    expect(shown(statistics, false, "window")).toEqual({ f: [1, 1], g: [1, 1] });
    expect(statistics.window.ticks).toBe(2);
  });

  it("forgets everything on reset and counts on", () => {
    const profile = new Profile(info);
    const statistics = new TopStatistics({ idle: false, gil: false }, "short");
    addTick(profile, { weight: 1, seen: [{ thread: 0, frames: ["f:1"], flags: 0 }] }, 0);
    statistics.take(profile);
    statistics.refresh(profile);
    statistics.reset();
    expect([statistics.rows(false), statistics.threads(), statistics.ever.ticks]).toEqual([[], [], 0]);
    addTick(profile, { weight: 1, seen: [{ thread: 0, frames: ["g:1"], flags: 0 }] }, 1);
    statistics.take(profile);
    statistics.refresh(profile);
    expect(shown(statistics, false, "ever")).toEqual({ g: [1, 1] });
  });

  it("takes percentages of the time in which nothing ran Python as well, and counts errors and late ticks of a window", () => {
    const profile = new Profile(info);
    const statistics = new TopStatistics({ idle: false, gil: false }, "short");
    for (let time = 0; time < 10; time++) addTick(profile, { weight: 1, seen: [{ thread: 0, frames: ["f:1"], flags: 0 }] }, time);
    profile.duration = 50;
    Object.assign(profile.counts, { errors: 20, late: 4 });
    statistics.take(profile);
    statistics.refresh(profile);
    expect(statistics.window.intervals(info.interval)).toBe(80);
    profile.duration = 60;
    Object.assign(profile.counts, { errors: 21, late: 4 });
    statistics.take(profile);
    statistics.refresh(profile);
    const { errors, late, seconds } = statistics.window;
    expect({ errors, late, seconds }).toEqual({ errors: 1, late: 0, seconds: 10 });
  });

  it("takes what is left of the time between two samples for none in which nothing ran, also where ticks are skipped", () => {
    const profile = new Profile(info);
    const statistics = new TopStatistics({ idle: false, gil: false }, "short");
    for (let index = 0; index < 10; index++) addTick(profile, { weight: 20, seen: [{ thread: 0, frames: ["f:1"], flags: 0 }] }, 20 * index * info.interval);
    profile.duration = 215 * info.interval;
    statistics.take(profile);
    statistics.refresh(profile);
    expect(statistics.window.intervals(info.interval)).toBe(200);
    // Nothing was seen for as long again.
    profile.duration = 430 * info.interval;
    statistics.take(profile);
    statistics.finish(profile);
    expect(statistics.window.intervals(info.interval)).toBeCloseTo(430, 9);
  });

  it("is one row for a thread whose name was learnt later", () => {
    const profile = new Profile(info);
    const statistics = new TopStatistics({ idle: false, gil: false }, "short");
    const thread = { pid: 7, interpreter: 0, osThreadId: 70, threadId: 700 };
    const stack = profile.stackId(0, profile.frameId({ kind: "python", name: "f", qualifiedName: "", file: "f.py", shortFile: "", line: 1, column: 0, firstLine: 1, module: "" }));
    profile.addSample(profile.threadId({ ...thread, name: "" }), stack, 0, 1, 0);
    profile.addSample(profile.threadId({ ...thread, name: "late" }), stack, 1, 1, 0);
    statistics.take(profile);
    statistics.refresh(profile);
    expect(statistics.threads().map((activity) => [activity.thread.name, activity.ever.own])).toEqual([["late", 2]]);
  });
});
