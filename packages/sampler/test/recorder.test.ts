import { Profile, SampleFlags } from "@pyspy/profile";
import { attach, type Python } from "@pyspy/sampler";
import { describe, expect, it } from "vitest";
import { Recorder, type RecorderOptions } from "../src/recorder.ts";
import { type Outcome, ThreadSlot } from "../src/thread-slot.ts";
import { changeable } from "./changed-process.ts";
import { recordings } from "./recordings.ts";

const all: RecorderOptions = { idle: true, gil: false, pausing: "never" };

function emptyProfile(): Profile {
  return new Profile({ interval: 0.01, startTime: 0, title: "", pythonVersion: "", pid: 1, commandLine: [] });
}

describe("Recorder", () => {
  const ofThreads = recordings.filter(({ ready }) => ready.program === "threads.py");
  it.each(ofThreads.map((recording) => [recording.name, recording] as const))("counts what it cannot record of %s", (_, recording) => {
    const { process, memory } = changeable(recording.open());
    const python = attach(process);
    const profile = emptyProfile();
    const recorder = new Recorder(python, profile, all);
    expect(recorder.record(0, 1)).toBe(4);
    expect(profile.sampleCount).toBe(4);
    expect(profile.counts).toEqual({ errors: 0, torn: 0, late: 0 });

    const slots = python.sample("never");
    const worker = slots.find((slot) => python.identity.nameOf(slot, slots) === "worker-1") as ThreadSlot;
    memory.set((worker.stack.addresses[0] as number) + python.layout.interpreterFrame.executable, 8);
    // As if the GIL had gone to it: else it need not be read.
    worker.parked = false;
    expect(recorder.record(1, 1)).toBe(4);
    expect(profile.sampleCount).toBe(7);
    expect(profile.counts).toEqual({ errors: 1, torn: 0, late: 0 });
    memory.restore();
    recorder.record(2, 1);
    expect(profile.sampleCount).toBe(11);
    const sampled = [...profile.samples()].slice(0, 11).map(({ thread, stack }) => `${thread} ${stack}`);
    expect(new Set(sampled).size).toBe(4);
  });

  const outcomes: readonly (readonly [Outcome, number, object])[] = [
    ["exact", 1, { errors: 0, torn: 0, late: 0 }],
    ["torn", 1, { errors: 0, torn: 1, late: 0 }],
    ["stale", 0, { errors: 0, torn: 1, late: 0 }],
    ["failed", 0, { errors: 1, torn: 0, late: 0 }],
    ["gone", 0, { errors: 1, torn: 0, late: 0 }],
  ];
  it.each(outcomes)("makes of a stack that is %s %i samples, and counts it", (outcome, count, counts) => {
    const slot = slotAt(outcome === "stale" ? [] : [1, 2]);
    slot.outcome = outcome;
    const profile = emptyProfile();
    new Recorder(pythonOf(slot), profile, all).record(0, 1);
    expect(profile.sampleCount).toBe(count);
    expect(profile.counts).toEqual(counts);
  });

  it.each([["exact", 1, 0], ["torn", 0, 1]] as const)("makes of a stack that is %s %i samples when strict, and counts it", (outcome, count, torn) => {
    const slot = slotAt([1, 2]);
    slot.outcome = outcome;
    const profile = emptyProfile();
    const recorder = new Recorder(pythonOf(slot), profile, { ...all, strict: true });
    recorder.record(0, 1);
    expect(profile.sampleCount).toBe(count);
    expect(profile.counts).toEqual({ errors: 0, torn, late: 0 });
    // A thread that was left out is recorded as soon as its stack is proved.
    fill(slot, [1, 3]);
    recorder.record(1, 1);
    expect(profile.frames[profile.stackFrame([...profile.samples()].at(-1)?.stack ?? 0)]?.name).toBe("f3");
  });

  it("records the stack of now, also when a first attempt to read it failed", () => {
    const slot = slotAt([1, 2]);
    const profile = emptyProfile();
    const recorder = new Recorder(pythonOf(slot), profile, all);
    recorder.record(0, 1);
    fill(slot, [1, 3]);
    slot.outcome = "torn";
    fill(slot, [1, 3]);
    recorder.record(1, 1);
    fill(slot, [1, 3]);
    recorder.record(2, 1);
    const leaves = [...profile.samples()].slice(0, 3).map(({ stack }) => profile.frames[profile.stackFrame(stack)]?.name);
    expect(leaves).toEqual(["f2", "f3", "f3"]);
  });

  it("keeps what is idle, or holds no GIL, only if asked to", () => {
    const slot = slotAt([1, 2]);
    const samplesWith = (options: Partial<RecorderOptions>, active: boolean, holdsGil: boolean): number[] => {
      const profile = emptyProfile();
      slot.holdsGil = holdsGil;
      new Recorder(pythonOf(slot, active), profile, { ...all, ...options }).record(0, 1);
      return Array.from(profile.samples(), ({ flags }) => flags);
    };
    expect(samplesWith({ idle: false }, true, false)).toEqual([0]);
    expect(samplesWith({ idle: false }, false, false)).toEqual([]);
    expect(samplesWith({ idle: true }, false, false)).toEqual([SampleFlags.idle]);
    expect(samplesWith({ gil: true }, true, false)).toEqual([]);
    expect(samplesWith({ gil: true }, true, true)).toEqual([SampleFlags.gilHolder]);
  });
});

/** A thread with these code objects on its stack, outermost first. */
function slotAt(codes: readonly number[]): ThreadSlot {
  const slot = new ThreadSlot(4096, { address: 4096, id: 0 }, 1, 1);
  fill(slot, codes);
  return slot;
}

function fill(slot: ThreadSlot, codes: readonly number[]): void {
  slot.startSample();
  slot.stack.depth = 0;
  for (const code of codes) slot.stack.push(4096 + code, code, 0, 0);
  slot.outcome = "exact";
}

function pythonOf(slot: ThreadSlot, active = true): Python {
  const python = {
    process: { pid: 1 },
    sample: () => [slot],
    identity: { nameOf: () => "name" },
    codes: { generation: 0 },
    activity: { isActive: () => active },
    frames: {
      resolve: (code: number) => ({ name: `f${code}`, qualifiedName: "", file: "", shortFile: "", line: 1, column: 0, firstLine: 1 }),
    },
  };
  return python as unknown as Python;
}
