import { attach, readStacks } from "@pyspy/sampler";
import { Profile } from "@pyspy/profile";
import { expect, it, vi } from "vitest";
import { Recorder } from "../src/recorder.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { recordings } from "./recordings.ts";

it.each(recordings.map((recording) => [recording.name, recording] as const))("Python %s is read the same when all code objects are forgotten", (_, recording) => {
  const python = attach(recording.open());
  const size = vi.spyOn(python.codes, "size", "get");
  for (const full of [true, false, true, true, false, false]) {
    if (full) size.mockReturnValueOnce(20_000);
    const { generation } = python.codes;
    expect(read(readStacks(python))).toEqual(saidBy(recording.ready));
    expect(python.codes.generation).toBe(full ? generation + 1 : generation);
  }
});

it("what is recorded is the same before and after", () => {
  const python = attach((recordings.at(-1) as (typeof recordings)[number]).open());
  const profile = new Profile({ interval: 1, startTime: 0, title: "", pythonVersion: "", pid: 1, commandLine: [] });
  const recorder = new Recorder(python, profile, { idle: true, gil: false, pausing: "never" });
  const size = vi.spyOn(python.codes, "size", "get");
  for (let time = 0; time < 6; time++) {
    if (time % 2 === 1) size.mockReturnValueOnce(20_000);
    recorder.record(time, 1);
  }
  const seen = Array.from(profile.samples(), ({ thread, stack }) => [thread, stack]);
  const perTick = seen.length / 6;
  expect(perTick).toBeGreaterThan(1);
  for (let tick = 1; tick < 6; tick++) {
    expect(seen.slice(tick * perTick, (tick + 1) * perTick)).toEqual(seen.slice(0, perTick));
  }
});
