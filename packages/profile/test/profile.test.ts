import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile, SampleFlags } from "@pyspy/profile";
import { addTo, frame, info, profileOf, steps, thread } from "./arbitrary.ts";

const main = { kind: "python", name: "main", qualifiedName: "", file: "/a.py", shortFile: "a.py", line: 3, column: 0, firstLine: 1, module: "" } as const;

describe("interning", () => {
  it("gives equal frames one id and different frames different ids", () => {
    fc.assert(
      fc.property(fc.array(frame), (frames) => {
        const profile = new Profile(info);
        const ids = frames.map((each) => profile.frameId(each));
        expect(frames.map((each) => profile.frameId({ ...each }))).toEqual(ids);
        expect(ids.map((id) => profile.frames[id])).toEqual(frames);
        expect(profile.frames.length).toBe(new Set(frames.map((each) => JSON.stringify(Object.entries(each).sort()))).size);
      }),
    );
  });

  it("gives equal threads one id", () => {
    fc.assert(
      fc.property(fc.array(thread), (threads) => {
        const profile = new Profile(info);
        const ids = threads.map((each) => profile.threadId(each));
        expect(ids.map((id) => profile.threads[id])).toEqual(threads);
        expect(profile.threads.length).toBe(new Set(threads.map((each) => JSON.stringify(Object.entries(each).sort()))).size);
      }),
    );
  });

  it("gives equal stacks one id, and a stack its frames back, root first", () => {
    const paths = fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 8 }));
    fc.assert(
      fc.property(paths, (stacks) => {
        const profile = new Profile(info);
        for (let line = 0; line < 4; line++) profile.frameId({ ...main, line });
        const add = (path: number[]): number => path.reduce((stack, id) => profile.stackId(stack, id), 0);
        const ids = stacks.map(add);
        expect(ids.map((id) => profile.stackFrames(id))).toEqual(stacks);
        expect(stacks.map(add)).toEqual(ids);
        const prefixes = stacks.flatMap((path) => path.map((_, end) => path.slice(0, end + 1).join()));
        expect(profile.stackCount).toBe(1 + new Set(prefixes).size);
      }),
    );
  });

  it("keeps ids while the tables grow, and 10,000 frames deep", () => {
    const profile = new Profile(info);
    for (let line = 0; line < 50; line++) profile.frameId({ ...main, line });
    const deep: number[] = [];
    for (let depth = 0; depth < 10_000; depth++) deep.push(profile.stackId(deep.at(-1) ?? 0, depth % 50));
    const wide: number[] = [];
    for (let index = 0; index < 100_000; index++) wide.push(profile.stackId(deep[index % 10_000]!, (index * 7) % 50));
    expect(wide.map((_, index) => profile.stackId(deep[index % 10_000]!, (index * 7) % 50))).toEqual(wide);
    expect(profile.stackFrames(deep.at(-1)!)).toEqual(deep.map((_, depth) => depth % 50));
    expect(deep.every((stack, depth) => profile.stackParent(stack) === (deep[depth - 1] ?? 0))).toBe(true);
    expect(deep.every((stack, depth) => profile.stackFrame(stack) === depth % 50)).toBe(true);
  });

  it("keeps the empty stack as 0", () => {
    const profile = new Profile(info);
    expect([profile.stackCount, profile.stackParent(0), profile.stackFrames(0)]).toEqual([1, 0, []]);
  });
});

describe("samples", () => {
  it("come back as they were added", () => {
    fc.assert(
      fc.property(steps, (recorded) => {
        const profile = profileOf(recorded);
        const read = [...profile.samples()].map(({ thread: on, stack, time, weight, flags, cpuTime }) => {
          const frames = profile.stackFrames(stack).map((id) => profile.frames[id]);
          return { thread: profile.threads[on], frames, time, weight, flags, cpuTime };
        });
        const added = recorded.flatMap(({ times, ...each }) => Array.from({ length: times }, () => each));
        expect(profile.sampleCount).toBe(added.length);
        expect(read).toEqual(added);
      }),
    );
  });

  it("are gone through one by one as well, and those that are added meanwhile are left out", () => {
    fc.assert(
      fc.property(steps, steps, fc.nat({ max: 40 }), (recorded, later, between) => {
        const profile = profileOf(recorded);
        const expected = [...profile.samples()];
        const cursor = profile.samples();
        for (const [index, sample] of expected.entries()) {
          if (index === between) for (const step of later) addTo(profile, step);
          expect(cursor.next()).toBe(true);
          const { thread: on, stack, time, weight, flags, cpuTime } = cursor;
          expect({ thread: on, stack, time, weight, flags, cpuTime }).toEqual(sample);
        }
        expect(cursor.next()).toBe(false);
        expect(cursor.next()).toBe(false);
      }),
    );
  });

  it("keep any time to 100 ns and any weight in single precision", () => {
    const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(seconds, fc.double({ min: 0, max: 2 ** 100, noNaN: true }), seconds)), (recorded) => {
        const profile = new Profile(info);
        profile.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
        for (const [time, weight, cpuTime] of recorded) profile.addSample(0, 0, time, weight, 0, cpuTime);
        for (const [index, { time, weight, cpuTime }] of [...profile.samples()].entries()) {
          const [wasTime, wasWeight, wasCpuTime] = recorded[index]!;
          expect(Math.abs(time - wasTime)).toBeLessThan(0.51e-7);
          expect(Math.abs(cpuTime - wasCpuTime)).toBeLessThan(0.51e-7);
          expect(weight).toBeCloseTo(Math.fround(wasWeight), 10);
        }
      }),
    );
  });

  it("keep times beyond 2^53 units to the precision of the longest", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e20, noNaN: true })), (times) => {
        const profile = new Profile(info);
        profile.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
        for (const time of times) profile.addSample(0, 0, time, 1, 0);
        for (const [index, { time }] of [...profile.samples()].entries()) expect(Math.abs(time - times[index]!)).toBeLessThan(2e4);
      }),
    );
  });

  it("take a few bytes, the fewer the less changes, beyond the first block", () => {
    expect(bytesASample(1, 1, 0)).toBeLessThan(5.01);
    expect(bytesASample(1, 1, 0.00124)).toBeLessThan(7.01);
    expect(bytesASample(1, 0, 0)).toBeLessThan(3.01);
    expect(bytesASample(10, 1, 0)).toBeLessThan(0.61);
    expect(bytesASample(10, 0, 0)).toBeLessThan(0.41);
  });

  it("refuse numbers that lead nowhere", () => {
    const profile = new Profile(info);
    expect(() => profile.addSample(0, 0, 0, 1, 0)).toThrow(new RangeError("no thread 0 in the profile"));
    profile.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    expect(() => profile.addSample(0, 1, 0, 1, 0)).toThrow(new RangeError("no stack 1 in the profile"));
    expect(() => profile.addSample(0, 0, Number.NaN, 1, 0)).toThrow(new RangeError("sample at NaN s"));
    expect(() => profile.addSample(0, 0, 0, -1, 0)).toThrow(new RangeError("sample of weight -1"));
    expect(() => profile.stackId(0, 0)).toThrow(new RangeError("no frame 0 in the profile"));
    expect(() => profile.stackId(7, 0)).toThrow(new RangeError("no stack 7 in the profile"));
    expect(() => profile.addSample(0, 0, 1e21, 1, 0)).toThrow(new RangeError("sample at 1e+21 s"));
    expect(() => profile.addSample(0, 0, 0, 1, 0, -1)).toThrow(new RangeError("sample of -1 s of CPU time"));
    expect(profile.samples().next()).toBe(false);
    expect(() => new Profile({ ...info, interval: 0 })).toThrow(new RangeError("interval of 0 s"));
  });

  it("have flags that can be or-ed", () => {
    const bits = Object.values(SampleFlags);
    expect(bits.reduce((all: number, bit) => all | bit, 0)).toBe(bits.reduce((sum: number, bit) => sum + bit, 0));
    expect(Math.max(...bits)).toBeLessThan(256);
  });
});

/** Of threads of which the first ones move, at ticks that are 1.25 ms apart. Throws unless the samples are there. */
function bytesASample(threads: number, moving: number, cpuTime: number): number {
  const profile = new Profile(info);
  for (let line = 0; line < 300; line++) profile.stackId(0, profile.frameId({ ...main, line }));
  for (let id = 0; id < threads; id++) profile.threadId({ pid: 1, interpreter: 0, osThreadId: id, threadId: id, name: "" });
  const ticks = 30_000;
  for (let tick = 1; tick <= ticks; tick++) {
    for (let id = 0; id < threads; id++) {
      profile.addSample(id, id < moving ? 1 + ((tick * 7) % 300) : 1, tick * 0.00125, 1, SampleFlags.idle, id < moving ? cpuTime : 0);
    }
  }
  const cursor = profile.samples();
  for (let tick = 1; tick <= ticks; tick++) {
    for (let id = 0; id < threads; id++) {
      if (!cursor.next() || cursor.thread !== id || Math.round(cursor.time / 0.00125) !== tick) throw new Error(`tick ${tick}, thread ${id}`);
    }
  }
  return profile.takeSamples().blocks.reduce((sum, { length }) => sum + length, 0) / (ticks * threads);
}

it("knows its own process and those added", () => {
  const profile = new Profile(info);
  profile.addProcess({ pid: 101, parentPid: 100, commandLine: ["python", "-c", "pass"] });
  expect(profile.processes).toEqual([
    { pid: 100, parentPid: 0, commandLine: ["python", "app.py"] },
    { pid: 101, parentPid: 100, commandLine: ["python", "-c", "pass"] },
  ]);
});
