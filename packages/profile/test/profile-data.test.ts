import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile, type ProfileData, ProfileDataError } from "@pyspy/profile";
import { addTo, profileOf, steps } from "./arbitrary.ts";

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
        expect({ ...copy.toData(), samples: undefined }).toEqual({ ...data, samples: undefined });
        expect([...copy.samples()]).toEqual([...profile.samples()]);
        expect(copy.info).toEqual(profile.info);
      }),
    );
  });

  it("leave a profile that goes on like the first", () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const whole = profileOf([...before, ...after]);
        const copy = Profile.fromData(profileOf(before).toData());
        for (const step of after) addTo(copy, step);
        expect({ ...copy.toData(), samples: undefined }).toEqual({ ...whole.toData(), samples: undefined });
        expect([...copy.samples()]).toEqual([...whole.samples()]);
      }),
    );
  });

  it("copy: what is added later is not in the data", () => {
    const profile = profileOf([{ ...step, times: 2 }]);
    const data = profile.toData();
    const before = structuredClone(data);
    profile.addSample(0, 0, 0, 1, 0);
    expect(data).toEqual(before);
    expect(Profile.fromData(data).sampleCount).toBe(2);
  });
});

const thread = { pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "main" };
const frame = { kind: "python", name: "f", qualifiedName: "", file: "", shortFile: "", line: 0, column: 0, firstLine: 0, module: "" } as const;

/** 2^98. */
const largeNumber = [...Array.from({ length: 14 }, () => 0x80), 1];

const step = { thread, frames: [], time: 0, weight: 1, flags: 0, cpuTime: 0, times: 1 };

/** One sample, of the code below. */
const good = (): ProfileData => profileOf([{ ...step, frames: [frame, frame] }]).toData();
/** Stack 2, of weight 1: STACK and WEIGHT, 2, 1 + 1. */
const goodCode = [0x28, 2, 2];

function coded(data: ProfileData, ...codes: number[]): unknown {
  return { ...data, samples: { count: 1, blocks: [Uint8Array.from(codes)] } };
}

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
    ["samples that are none", (data) => ({ ...data, samples: 1 }), "samples: expected an object, found 1"],
    ["no number of samples", (data) => ({ ...data, samples: { ...data.samples, count: -1 } }), "samples.count: expected a whole number from 0, found -1"],
    ["blocks that are none", (data) => ({ ...data, samples: { count: 0, blocks: {} } }), "samples.blocks: expected an array, found an object"],
    ["a block of the wrong type", (data) => ({ ...data, samples: { count: 1, blocks: [[0]] } }), "samples.blocks[0]: expected a Uint8Array, found an object"],
    ["fewer samples than said", (data) => ({ ...data, samples: { ...data.samples, count: 2 } }), "samples.blocks: expected 2 samples, found 1"],
    ["more samples than said", (data) => ({ ...data, samples: { ...data.samples, count: 0 } }), "samples.blocks: expected 0 samples, found more"],
    ["an unknown thread", (data) => coded(data, 0x01, 1), "sample 0: expected a thread below 1, found 1"],
    ["an unknown stack", (data) => coded(data, 0x08, 3), "sample 0: expected a stack below 3, found 3"],
    ["a time out of range", (data) => coded(data, 0x02, ...largeNumber), "sample 0: expected a time from 0 to 100000000000000000000, found 3.1691265005705734e+22"],
    ["a time before the start", (data) => coded(data, 0x04, 1), "sample 0: expected a time from 0 to 100000000000000000000, found -1e-7"],
    ["a whole weight that is not to be coded as one", (data) => coded(data, 0x20, 0x82, 0x80, 0x80, 0x08), "sample 0: expected a weight from 0, found NaN"],
    ["a negative weight", (data) => coded(data, 0x20, 0, 0, 0, 0x80, 0xbf), "sample 0: expected a weight from 0, found -1"],
    ["a weight that is none", (data) => coded(data, 0x20, 0, 0, 0, 0xc0, 0x7f), "sample 0: expected a weight from 0, found NaN"],
    ["a CPU time out of range", (data) => coded(data, 0x40, ...largeNumber), "sample 0: expected a CPU time up to 100000000000000000000, found 3.1691265005705734e+22"],
    ["a number without end", (data) => coded(data, 0x08, ...Array.from({ length: 10_000 }, () => 0xff)), "sample 0: expected a whole code, found the end of its block"],
    ["a sample cut off", (data) => coded(data, ...goodCode.slice(0, -1)), "sample 0: expected a whole code, found the end of its block"],
    ["a cut-off sample before another block", (data) => ({ ...data, samples: { count: 2, blocks: [Uint8Array.of(0x08), Uint8Array.from(goodCode)] } }), "sample 0: expected a whole code, found the end of its block"],
  ];

  it("takes the code that the refused are made from", () => {
    expect([...good().samples.blocks[0]!]).toEqual(goodCode);
    const profile = Profile.fromData(coded(good(), ...goodCode));
    expect([...profile.samples()]).toEqual([{ thread: 0, stack: 2, time: 0, weight: 1, flags: 0, cpuTime: 0 }]);
  });

  it.each(refused)("refuses %s", (_, spoil, message) => {
    expect(() => Profile.fromData(spoil(good()))).toThrow(new ProfileDataError(message));
  });

  it("makes samples in range of any blocks, or says what is wrong with them", () => {
    const codes = fc.array(fc.oneof(fc.constantFrom(0x06, 0x20, 0x28, 0x7f, 0xff), fc.nat({ max: 255 }))).map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(fc.array(codes), fc.nat({ max: 5 }), (blocks, count) => {
        let profile: Profile;
        try {
          profile = Profile.fromData({ ...good(), samples: { count, blocks } });
        } catch (error) {
          expect(error).toBeInstanceOf(ProfileDataError);
          return;
        }
        const copy = new Profile(profile.info);
        copy.threadId(thread);
        copy.stackId(copy.stackId(0, copy.frameId(frame)), 0);
        for (const { thread: on, stack, time, weight, flags, cpuTime } of profile.samples()) copy.addSample(on, stack, time, weight, flags, cpuTime);
        expect([...copy.samples()]).toEqual([...profile.samples()]);
        expect(copy.sampleCount).toBe(count);
      }),
    );
  });

  it("takes any value apart or says what is wrong with it", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => Profile.fromData(value)).toThrow(ProfileDataError);
      }),
    );
  });
});
