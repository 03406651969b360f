import { type Frame, Profile } from "@pyspy/profile";

import type { Timeline } from "./timeline.ts";

/** Numbers from 0 up to 1, the same for the same seed: xorshift. */
export function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** When a simulated program and recording begin: seconds since 1970. */
const START = 1_000_000;

/** What a program would log that did things of these weights, for a millisecond each in the mean. */
export function simulatedTimeline(weights: Readonly<Record<string, number>>, seconds: number, random: () => number): Timeline {
  const labels = Object.keys(weights);
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const starts: number[] = [];
  const ends: number[] = [];
  const kinds: number[] = [];
  for (let time = START - 0.5; time < START + seconds + 0.5; ) {
    let left = random() * total;
    const kind = labels.findIndex((label) => (left -= weights[label] as number) < 0);
    const end = time - 0.001 * Math.log(1 - random());
    starts.push(time);
    ends.push(end);
    kinds.push(Math.max(kind, 0));
    time = end;
  }
  return { nativeId: 1, name: "MainThread", labels, starts: Float64Array.from(starts), ends: Float64Array.from(ends), kinds };
}

/** The same in step: `early` for three tenths of each period, then `late`. */
export function periodicTimeline(period: number, seconds: number): Timeline {
  const count = Math.ceil((seconds + 1) / period);
  const starts = Float64Array.from({ length: 2 * count }, (_, index) => START - 0.5 + period * ((index >> 1) + (index % 2) * 0.3));
  const ends = Float64Array.from(starts, (start, index) => start + period * (index % 2 === 0 ? 0.3 : 0.7));
  return { nativeId: 1, name: "MainThread", labels: ["early", "late"], starts, ends, kinds: Array.from(starts, (_, index) => index % 2) };
}

/** A recording by a sampler without fault, of a program that did this; `jitter` as a share of the interval. */
export function simulatedProfile(timeline: Timeline, rate: number, seconds: number, random: () => number, jitter = 0.25): Profile {
  const info = { interval: 1 / rate, startTime: START * 1000, title: "", pythonVersion: "3.99.0", pid: 1, commandLine: [] };
  const profile = new Profile(info);
  const thread = profile.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "MainThread" });
  const root = profile.stackId(0, profile.frameId(frame("run")));
  const stacks = timeline.labels.map((label) => profile.stackId(root, profile.frameId(frame(label))));
  let phase = 0;
  for (let time = 0; ; ) {
    time += (1 - jitter + 2 * jitter * random()) / rate;
    if (time >= seconds) break;
    while ((timeline.ends[phase] as number) <= START + time) phase++;
    profile.addSample(thread, stacks[timeline.kinds[phase] as number] as number, time, 1, 0);
  }
  profile.duration = seconds;
  return profile;
}

function frame(name: string): Frame {
  return { kind: "python", name, qualifiedName: "", file: "", shortFile: "", line: 1, column: 0, firstLine: 1, module: "" };
}
