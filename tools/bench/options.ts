import { parseArgs } from "node:util";

import type { Rate } from "./profiler.ts";

export const usage = `usage: pnpm bench [options]

Measures pyspy, and the other profilers that are found, on the same programs in one run.

  --parts PART,...    of rates: samples a second and their cost; disturbance: what the target loses; shares: of the leaves
                      of a moving stack; whole: recordings of 100 threads at 100 Hz for 3 s, from its
                      start to its end; start-up: of commands (all)
  --programs NAME,... of rates; busy: a stack that stays; churn: one that never rests; generators; coroutines; threads (all)
  --depths N,...      frames of the programs' stacks (5,50,200,1000)
  --threads N,...     threads of the program of this name (1,10,100,500)
  --python LABEL,...  Pythons, by the beginning of their labels (a 3.15 if there is one, else the newest)
  --peers NAME,...    of py-spy, austin, profiling.sampling; "none" (all that are found)
  --rates RATE,...    samples a second, or "top" (top,100,1000,10000; py-spy and austin up to 1000)
  --seconds N         of each measurement, without warm-up (1)
  --rounds N          how often each is repeated, by turns; the median is shown (3)
  --no-strace         do not count the system calls of whole profilers
  --json FILE         write all figures
  --markdown          tables in Markdown

pnpm bench memory --help: a recording's memory over time
`;

export interface Options {
  readonly parts: readonly Part[];
  readonly threads: readonly number[];
  readonly depths: readonly number[];
  readonly programs: readonly BenchProgram[];
  /** Beginnings of labels; empty for the default. */
  readonly pythons: readonly string[];
  readonly peers: readonly PeerName[];
  readonly rates: readonly Rate[];
  readonly seconds: number;
  readonly rounds: number;
  readonly strace: boolean;
  /** "" for none. */
  readonly json: string;
  readonly markdown: boolean;
}

const partNames = ["rates", "disturbance", "shares", "whole", "start-up"] as const;
export type Part = (typeof partNames)[number];
const programNames = ["busy", "churn", "generators", "coroutines", "threads"] as const;
export type BenchProgram = (typeof programNames)[number];
const peerNames = ["py-spy", "austin", "profiling.sampling"] as const;
export type PeerName = (typeof peerNames)[number];

/** Throws, with what is wrong, on what is no option or no value. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      parts: { type: "string", default: partNames.join(",") },
      depths: { type: "string", default: "5,50,200,1000" },
      threads: { type: "string", default: "1,10,100,500" },
      programs: { type: "string", default: programNames.join(",") },
      python: { type: "string", default: "" },
      peers: { type: "string", default: peerNames.join(",") },
      rates: { type: "string", default: "top,100,1000,10000" },
      seconds: { type: "string", default: "1" },
      rounds: { type: "string", default: "3" },
      strace: { type: "boolean", default: true },
      json: { type: "string", default: "" },
      markdown: { type: "boolean", default: false },
    },
  });
  return {
    parts: list(values.parts).map((text) => oneOf("--parts", text, partNames)),
    depths: list(values.depths).map((text) => wholeNumber("--depths", text, 5000)),
    threads: list(values.threads).map((text) => wholeNumber("--threads", text, 5000)),
    programs: list(values.programs).map((text) => oneOf("--programs", text, programNames)),
    pythons: list(values.python),
    peers: values.peers === "none" ? [] : list(values.peers).map((text) => oneOf("--peers", text, peerNames)),
    rates: list(values.rates).map((text) => (text === "top" ? text : wholeNumber("--rates", text, 1_000_000))),
    seconds: positive("--seconds", values.seconds, 10),
    rounds: wholeNumber("--rounds", values.rounds, 100),
    strace: values.strace,
    json: values.json,
    markdown: values.markdown,
  };
}

function list(text: string): readonly string[] {
  return text.split(",").filter((part) => part !== "");
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = positive(option, text, most);
  if (!Number.isInteger(value)) throw new RangeError(`${option}: ${text} is no whole number`);
  return value;
}

function positive(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!(value > 0 && value <= most)) throw new RangeError(`${option}: ${text} is no number above 0 and up to ${most}`);
  return value;
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === text);
  if (found === undefined) throw new RangeError(`${option}: ${text} is none of ${allowed.join(", ")}`);
  return found;
}
