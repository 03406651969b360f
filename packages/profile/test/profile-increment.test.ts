import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyIncrement, drainProfile, Profile, ProfileDataError, PROFILE_START, type Sample } from "@pyspy/profile";
import { addTo, profileOf, steps } from "./arbitrary.ts";

describe("increments", () => {
  it("give a second profile all that the first would hold, however they are cut", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 5 }), (parts) => {
        const whole = profileOf(parts.flat());
        const source = new Profile(whole.info);
        const copy = new Profile(whole.info);
        let cursor = PROFILE_START;
        for (const part of parts) {
          for (const step of part) addTo(source, step);
          const drained = drainProfile(source, cursor);
          cursor = drained.cursor;
          applyIncrement(copy, structuredClone(drained.increment));
          expect(source.sampleCount).toBe(0);
        }
        expect([...copy.samples()]).toEqual([...whole.samples()]);
        expect(copy.sampleCount).toBe(whole.sampleCount);
        expect(copy.toData().stacks).toEqual(whole.toData().stacks);
        expect(copy.frames).toEqual(whole.frames);
        expect(copy.threads).toEqual(whole.threads);
      }),
    );
  });

  it("carry counts, duration and processes", () => {
    const source = profileOf([]);
    const copy = new Profile(source.info);
    source.counts.torn = 4;
    source.duration = 2.5;
    source.addProcess({ pid: 7, parentPid: source.info.pid, commandLine: ["child"] });
    applyIncrement(copy, drainProfile(source, PROFILE_START).increment);
    expect(copy.counts.torn).toBe(4);
    expect(copy.duration).toBe(2.5);
    expect(copy.processes).toEqual(source.processes);
  });

  it("may be put where others are added as well", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(steps, steps), { maxLength: 4 }), (parts) => {
        const source = profileOf([]);
        const copy = new Profile(source.info);
        const expected: Sample[] = [];
        let cursor = PROFILE_START;
        for (const [sent, own] of parts) {
          for (const step of sent) addTo(source, step);
          expected.push(...source.samples());
          const drained = drainProfile(source, cursor);
          applyIncrement(copy, structuredClone(drained.increment));
          const before = copy.sampleCount;
          // Of what is known already: new frames would not be at their place in the next increment
          for (const { time, weight, flags, cpuTime } of copy.threads.length > 0 ? own : []) copy.addSample(0, copy.stackCount - 1, time, weight, flags, cpuTime);
          expected.push(...[...copy.samples()].slice(before));
          ({ cursor } = drained);
        }
        expect([...copy.samples()]).toEqual(expected);
      }),
    );
  });

  it("of many short parts take as much memory as is in them", () => {
    const source = profileOf([]);
    const copy = new Profile(source.info);
    source.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    let { increment, cursor } = drainProfile(source, PROFILE_START);
    applyIncrement(copy, increment);
    for (let second = 0; second < 3600; second++) {
      for (let tick = 0; tick < 100; tick++) source.addSample(0, 0, second + tick / 100, 1, 0);
      ({ increment, cursor } = drainProfile(source, cursor));
      applyIncrement(copy, structuredClone(increment));
    }
    const { count, blocks } = copy.takeSamples();
    expect(count).toBe(360_000);
    expect(blocks.length).toBeLessThan(30);
    expect(blocks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBeLessThan(count * 5);
  });

  it("of samples that lead nowhere are refused", () => {
    const source = profileOf([]);
    source.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    source.addSample(0, 0, 0, 1, 0);
    const { increment } = drainProfile(source, PROFILE_START);
    const copy = new Profile(source.info);
    expect(() => applyIncrement(copy, { ...increment, threads: [] })).toThrow(new ProfileDataError("sample 0: expected a thread below 0, found undefined"));
    expect(copy.sampleCount).toBe(0);
  });

  it("are refused where they do not go on from", () => {
    const source = profileOf([]);
    source.frameId({ kind: "python", name: "f", qualifiedName: "", file: "", shortFile: "", line: 1, column: 0, firstLine: 1, module: "" });
    const { increment } = drainProfile(source, PROFILE_START);
    const copy = new Profile(source.info);
    applyIncrement(copy, increment);
    expect(() => applyIncrement(copy, increment)).toThrow(ProfileDataError);
    expect(() => applyIncrement(copy, increment)).toThrow("increment from 0 frames on, to a profile of 1");
  });
});
