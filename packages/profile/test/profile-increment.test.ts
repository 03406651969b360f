import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyIncrement, drainProfile, Profile, ProfileDataError, PROFILE_START } from "@pyspy/profile";
import { profileOf, steps } from "./arbitrary.ts";

describe("increments", () => {
  it("give a second profile all that the first would hold, however they are cut", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 5 }), (parts) => {
        const whole = profileOf(parts.flat());
        const source = new Profile(whole.info);
        const copy = new Profile(whole.info);
        let cursor = PROFILE_START;
        for (const part of parts) {
          for (const step of part) {
            let stack = 0;
            const thread = source.threadId(step.thread);
            for (const frame of step.frames) stack = source.stackId(stack, source.frameId(frame));
            source.addSample(thread, stack, step.time, step.weight, step.flags);
          }
          const drained = drainProfile(source, cursor);
          cursor = drained.cursor;
          applyIncrement(copy, structuredClone(drained.increment));
          expect(source.sampleCount).toBe(0);
        }
        expect(copy.toData().samples).toEqual(whole.toData().samples);
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
