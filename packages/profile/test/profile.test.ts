import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile, SampleFlags } from "@pyspy/profile";
import { frame, info, profileOf, steps, thread } from "./arbitrary.ts";

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
        const read = Array.from({ length: profile.sampleCount }, (_, index) => {
          const { thread: on, stack, time, weight, flags } = profile.sample(index);
          const frames = profile.stackFrames(stack).map((id) => profile.frames[id]);
          return { thread: profile.threads[on], frames, time, weight, flags };
        });
        expect(read).toEqual(recorded);
      }),
    );
  });

  it("are in columns of exactly their number, beyond the first room", () => {
    const profile = new Profile(info);
    const on = profile.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    for (let index = 0; index < 5000; index++) profile.addSample(on, 0, index / 100, 2, SampleFlags.idle);
    const { threads, stacks, times, weights, flags } = profile.sampleColumns();
    expect([threads, stacks, times, weights, flags].map((column) => column.length)).toEqual([5000, 5000, 5000, 5000, 5000]);
    expect(times[4999]).toBe(49.99);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(10_000);
    expect(flags.every((bits) => bits === SampleFlags.idle)).toBe(true);
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
    expect(() => profile.sample(0)).toThrow(new RangeError("no sample 0 in the profile"));
    expect(() => new Profile({ ...info, interval: 0 })).toThrow(new RangeError("interval of 0 s"));
  });

  it("have flags that can be or-ed", () => {
    const bits = Object.values(SampleFlags);
    expect(bits.reduce((all: number, bit) => all | bit, 0)).toBe(bits.reduce((sum: number, bit) => sum + bit, 0));
    expect(Math.max(...bits)).toBeLessThan(256);
  });
});

it("knows its own process and those added", () => {
  const profile = new Profile(info);
  profile.addProcess({ pid: 101, parentPid: 100, commandLine: ["python", "-c", "pass"] });
  expect(profile.processes).toEqual([
    { pid: 100, parentPid: 0, commandLine: ["python", "app.py"] },
    { pid: 101, parentPid: 100, commandLine: ["python", "-c", "pass"] },
  ]);
});
