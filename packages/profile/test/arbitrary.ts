import * as fc from "fast-check";
import { type Frame, Profile, type ProfileInfo, type Thread } from "@pyspy/profile";

export const info: ProfileInfo = {
  interval: 0.01,
  startTime: 1_700_000_000_000,
  title: "python app.py",
  pythonVersion: "3.13.1",
  pid: 100,
  commandLine: ["python", "app.py"],
};

/** Few distinct values, so that equal ones meet; texts that would run together if they were merely joined. */
const text = fc.constantFrom("", "a", "b", "ab", "a b", "\0", "é");
const number = fc.nat({ max: 2 });

export const frame: fc.Arbitrary<Frame> = fc.record({
  kind: fc.constantFrom("python", "native", "thread", "process", "synthetic"),
  name: text,
  qualifiedName: text,
  file: text,
  shortFile: text,
  line: number,
  column: number,
  firstLine: number,
  module: text,
});

export const thread: fc.Arbitrary<Thread> = fc.record({
  pid: number,
  interpreter: number,
  osThreadId: number,
  threadId: number,
  name: text,
});

const step = fc.record({
  thread,
  frames: fc.array(frame, { maxLength: 6 }),
  time: fc.double({ min: 0, max: 1e6, noNaN: true }),
  weight: fc.nat({ max: 1000 }),
  flags: fc.nat({ max: 63 }),
});

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export const steps: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 40 });

export function profileOf(recorded: readonly Step[]): Profile {
  const profile = new Profile(info);
  for (const { thread: on, frames, time, weight, flags } of recorded) {
    let stack = 0;
    for (const called of frames) stack = profile.stackId(stack, profile.frameId(called));
    profile.addSample(profile.threadId(on), stack, time, weight, flags);
  }
  return profile;
}
