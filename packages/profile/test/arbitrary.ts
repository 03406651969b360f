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

/** Whole numbers of 100 ns, which are kept as they are; some next to each other. */
const time = fc.oneof(fc.nat({ max: 3 }), fc.integer({ min: 0, max: 1e15 })).map((units) => units / 1e7);
const weight = fc.oneof(fc.nat({ max: 1000 }), fc.constant(2 ** 24), fc.float({ min: 0, max: 2 ** 100, noNaN: true }).map(Math.abs));

const step = fc.record({
  thread,
  frames: fc.array(frame, { maxLength: 6 }),
  time,
  weight,
  flags: fc.nat({ max: 255 }),
  cpuTime: fc.oneof(fc.constant(0), time),
  /** How often it is added. */
  times: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.nat({ max: 300 })),
});

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export const steps: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 40 });

export function addTo(profile: Profile, { thread: on, frames, time: at, weight: of, flags, cpuTime, times }: Step): void {
  const threadId = profile.threadId(on);
  let stack = 0;
  for (const called of frames) stack = profile.stackId(stack, profile.frameId(called));
  for (let count = 0; count < times; count++) profile.addSample(threadId, stack, at, of, flags, cpuTime);
}

export function profileOf(recorded: readonly Step[]): Profile {
  const profile = new Profile(info);
  for (const each of recorded) addTo(profile, each);
  return profile;
}
