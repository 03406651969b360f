import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile, type ProfileData, ProfileDataError } from "@pyspy/profile";
import { profileOf, steps } from "./arbitrary.ts";

describe("toData and fromData", () => {
  it("are each other's inverse, through structuredClone", () => {
    fc.assert(
      fc.property(steps, (recorded) => {
        const profile = profileOf(recorded);
        profile.counts.errors = 3;
        profile.counts.torn = 2;
        profile.counts.late = 1;
        profile.duration = 1.5;
        const data = structuredClone(profile.toData());
        const copy = Profile.fromData(structuredClone(data));
        expect(copy.toData()).toEqual(data);
        expect(copy.info).toEqual(profile.info);
      }),
    );
  });

  it("leave a profile that goes on like the first", () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const whole = profileOf([...before, ...after]);
        const copy = Profile.fromData(profileOf(before).toData());
        for (const step of after) {
          let stack = 0;
          for (const frame of step.frames) stack = copy.stackId(stack, copy.frameId(frame));
          copy.addSample(copy.threadId(step.thread), stack, step.time, step.weight, step.flags);
        }
        expect(copy.toData()).toEqual(whole.toData());
      }),
    );
  });

  it("copy: what is added later is not in the data", () => {
    const profile = profileOf([{ thread, frames: [], time: 0, weight: 1, flags: 0 }]);
    const data = profile.toData();
    profile.addSample(0, 0, 1, 1, 0);
    expect(data.samples.times).toEqual(Float64Array.of(0));
  });
});

const thread = { pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "main" };
const frame = { kind: "python", name: "f", qualifiedName: "", file: "", shortFile: "", line: 0, column: 0, firstLine: 0, module: "" } as const;

const good = (): ProfileData => profileOf([{ thread, frames: [frame, frame], time: 0, weight: 1, flags: 0 }]).toData();

describe("fromData", () => {
  const refused: [string, (data: ProfileData) => unknown, string][] = [
    ["no object", () => 1, "profile: expected an object, found 1"],
    ["another version", (data) => ({ ...data, version: 2 }), "version: expected 1, found 2"],
    ["an interval of 0", (data) => ({ ...data, info: { ...data.info, interval: 0 } }), "info.interval: expected a number above 0, found 0"],
    ["a command line of numbers", (data) => ({ ...data, info: { ...data.info, commandLine: [1] } }), "info.commandLine[0]: expected a string, found 1"],
    ["counts that are none", (data) => ({ ...data, counts: { errors: -1, torn: 0, late: 0 } }), "counts.errors: expected a whole number from 0, found -1"],
    ["an unknown kind", (data) => ({ ...data, frames: [{ ...frame, kind: "wasm" }] }), "frames[0].kind: expected a kind of frame, found wasm"],
    ["a frame twice", (data) => ({ ...data, frames: [frame, frame] }), "frame 1 is the same as frame 0"],
    ["a thread twice", (data) => ({ ...data, threads: [thread, thread] }), "thread 1 is the same as thread 0"],
    ["a hole in an array", (data) => ({ ...data, threads: Array.from({ length: 1 }) }), "threads[0]: expected an object, found undefined"],
    ["no empty stack", (data) => ({ ...data, stacks: { parents: new Uint32Array(), frames: new Uint32Array() } }), "stacks.parents: expected the empty stack first, found no element"],
    ["a stack that is its own caller", (data) => ({ ...data, stacks: { ...data.stacks, parents: Uint32Array.of(0, 1, 1) } }), "stacks.parents[1]: expected a number below 1, found 1"],
    ["a stack of an unknown frame", (data) => ({ ...data, stacks: { ...data.stacks, frames: Uint32Array.of(0, 0, 5) } }), "stacks.frames[2]: expected a number below 1, found 5"],
    ["a stack twice", (data) => ({ ...data, stacks: { ...data.stacks, parents: Uint32Array.of(0, 0, 0) } }), "stack 2 is the same as stack 1"],
    ["columns of two lengths", (data) => ({ ...data, samples: { ...data.samples, stacks: new Uint32Array(2) } }), "samples.stacks: expected 1 elements, found 2"],
    ["a column of the wrong type", (data) => ({ ...data, samples: { ...data.samples, times: [0] } }), "samples.times: expected a Float64Array, found an object"],
    ["an unknown thread", (data) => ({ ...data, samples: { ...data.samples, threads: Uint32Array.of(1) } }), "samples.threads[0]: expected below 1, found 1"],
    ["an unknown stack", (data) => ({ ...data, samples: { ...data.samples, stacks: Uint32Array.of(3) } }), "samples.stacks[0]: expected below 3, found 3"],
    ["a time that is none", (data) => ({ ...data, samples: { ...data.samples, times: Float64Array.of(Number.NaN) } }), "samples.times[0]: expected a finite number, found NaN"],
    ["a negative weight", (data) => ({ ...data, samples: { ...data.samples, weights: Float32Array.of(-1) } }), "samples.weights[0]: expected a number from 0, found -1"],
  ];

  it.each(refused)("refuses %s", (_, spoil, message) => {
    expect(() => Profile.fromData(spoil(good()))).toThrow(new ProfileDataError(message));
  });

  it("takes any value apart or says what is wrong with it", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => Profile.fromData(value)).toThrow(ProfileDataError);
      }),
    );
  });
});
