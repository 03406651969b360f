import * as fc from "fast-check";
import { type Frame, Profile } from "@pyspy/profile";
import { info } from "./sample-profile.ts";

/** Pieces that mean something in one of the formats, so that mistakes in escaping show. */
const piece = fc.constantFrom(
  ";", "\n", "\r", "\r\n", "\u2028", "\u2029", "%", "%3B", "%0A", "%25", "%E2%80%A8", " ", " (", ")", ":", ":7", " 12", "a", "b", "é", "🐍", "<", ">", "&", '"', "'", "]]>", "\0", "\x1b", "\ud800", "thread (1)", "thread (0x1F): a", 'process 1:"a"', "\\",
);
export const text: fc.Arbitrary<string> = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));

const frame: fc.Arbitrary<Frame> = fc.record({
  kind: fc.constantFrom("python", "native", "thread", "process", "synthetic"),
  name: text,
  qualifiedName: fc.constant(""),
  file: text,
  shortFile: text,
  line: fc.nat({ max: 12 }),
  column: fc.constant(0),
  firstLine: fc.nat({ max: 3 }),
  module: text,
});

const thread = fc.record({
  pid: fc.constantFrom(100, 101),
  interpreter: fc.nat({ max: 1 }),
  osThreadId: fc.constantFrom(0, 100, 102),
  threadId: fc.constantFrom(7, 8),
  name: fc.oneof(fc.constant(""), text),
});

const sample = fc.record({
  thread: fc.nat({ max: 3 }),
  path: fc.array(fc.nat({ max: 7 }), { maxLength: 6 }),
  /** In intervals since the sample before. */
  after: fc.constantFrom(0, 0.9, 1, 1.1, 1.6, 4),
  weight: fc.constantFrom(0, 1, 1, 1, 2, 7),
});

/** Whole weights, times that do not go back, frames and threads full of odd texts. */
export const profile: fc.Arbitrary<Profile> = fc
  .record({
    frames: fc.array(frame, { minLength: 8, maxLength: 8 }),
    threads: fc.array(thread, { minLength: 4, maxLength: 4 }),
    samples: fc.array(sample, { maxLength: 30 }),
  })
  .map(({ frames, threads, samples }) => {
    const made = new Profile(info);
    let time = 0;
    for (const each of samples) {
      time += each.after * info.interval;
      const stack = each.path.reduce((callers, index) => made.stackId(callers, made.frameId(frames[index]!)), 0);
      made.addSample(made.threadId(threads[each.thread]!), stack, time, each.weight, 0);
    }
    return made;
  });

/** Weight of all samples that have a stack. */
export function totalWeight(of: Profile): number {
  return [...of.samples()].reduce((sum, { stack, weight }) => sum + (stack === 0 ? 0 : weight), 0);
}

export const view = fc.record(
  {
    lines: fc.constantFrom("current", "function", "none"),
    files: fc.constantFrom("short", "full"),
    threads: fc.boolean(),
    processes: fc.boolean(),
  },
  { requiredKeys: [] },
);
