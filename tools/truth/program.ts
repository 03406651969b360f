import type { Frame } from "@pyspy/profile";

/** What a label of a program's timeline is, in a stack: see the head of the program. */
export type LabelRule = "leaf" | "caller" | "line" | "depth";

/** A program that knows its answer. */
export interface TruthProgram {
  /** Of the check, in tables. */
  readonly name: string;
  /** In `programs`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly rule: LabelRule;
  /** Samples a second at which it is a check of its own; all when absent. */
  readonly onlyAt?: number;
  /** A label that is idle, all others not: the profile's flags are compared as well. */
  readonly idleLabel?: string;
  /** Logs nothing: what is seen while it is stopped is its truth. */
  readonly stoppedIsTruth?: true;
}

const since = (file: string, rule: LabelRule, rest: Partial<TruthProgram> = {}): TruthProgram => ({
  name: file.replace(".py", ""),
  file,
  args: [],
  rule,
  ...rest,
});

export const truthPrograms: readonly TruthProgram[] = [
  since("split.py", "leaf"),
  since("callers.py", "caller"),
  since("lines.py", "line"),
  since("recursion.py", "depth"),
  since("sleeping.py", "leaf", { idleLabel: "rest" }),
  since("threads.py", "leaf"),
  since("lockstep.py", "leaf", { name: "lockstep 10 ms", args: ["10"], onlyAt: 100 }),
  since("lockstep.py", "leaf", { name: "lockstep 1 ms", args: ["1"], onlyAt: 1000 }),
  since("moving.py", "leaf", { stoppedIsTruth: true }),
];

/** What a stack shows, root first, by a program's rule; {@link BETWEEN} where it is in no phase. */
export function labelOf(rule: LabelRule, frames: readonly Frame[]): string {
  const leaf = frames.at(-1);
  switch (rule) {
    case "leaf":
      return leaf?.name ?? BETWEEN;
    case "caller":
      return leaf?.name === "leaf" ? (frames.at(-2)?.name ?? BETWEEN) : BETWEEN;
    case "line":
      return leaf?.name === "work" ? `line ${leaf.line}` : BETWEEN;
    case "depth":
      return leaf?.name === "recurse" ? `depth ${frames.filter(({ name }) => name === "recurse").length}` : BETWEEN;
  }
}

/** Of no phase. */
export const BETWEEN = "";
