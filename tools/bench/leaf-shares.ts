import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Pausing, record } from "@pyspy/sampler";
import type { Python } from "@pyspy/test-fixtures";

import { backgrounds } from "./background.ts";
import { BoundedProgram } from "./bounded-program.ts";
import type { Options } from "./options.ts";
import { OURS } from "./report.ts";
import type { Progress } from "./scenario.ts";
import { startWork } from "./work-target.ts";

const RATE = 1000;
const DEPTH = 20;
const LIMIT_SECONDS = 60;
const LEAVES = ["moving", "first", "second", "third"] as const;

/** Shares of the innermost functions of a moving stack, as one profiler sees them. */
export interface LeafShares {
  readonly python: string;
  readonly profiler: string;
  readonly mode: string;
  readonly samples: number;
  readonly shares: Readonly<Record<string, number>>;
  /** From the share with the target stopped, of the leaf that is furthest off; 0 for that one itself. */
  readonly off: number;
  readonly failure?: string;
}

/** The target stopped by ours is the truth: before and after all others. */
export async function measureLeafShares(python: Python, options: Options, { tell, signal }: Progress): Promise<readonly LeafShares[]> {
  const seconds = Math.max(options.seconds, 1);
  await using target = await startWork(python, "moving", DEPTH);
  const row = (profiler: string, mode: string, counts: ReadonlyMap<string, number>, truth?: Readonly<Record<string, number>>): LeafShares => {
    const samples = [...counts.values()].reduce((sum, weight) => sum + weight, 0);
    const shares = Object.fromEntries(LEAVES.map((leaf) => [leaf, (counts.get(leaf) ?? 0) / Math.max(samples, 1)]));
    const off = truth ? Math.max(...LEAVES.map((leaf) => Math.abs((shares[leaf] ?? 0) - (truth[leaf] ?? 0)))) : 0;
    return { python: python.label, profiler, mode, samples, shares, off };
  };
  tell(`${python.label}: shares of the leaves`);
  const truth = row(OURS, "blocking", await ourLeaves(target.pid, "always", 2 * seconds));
  const rows = [truth, row(OURS, "default", await ourLeaves(target.pid, "when-needed", seconds), truth.shares)];
  for (const { name, mode, command } of backgrounds(python, options.peers)) {
    // Austin's format is its own
    if (name === OURS || name.startsWith("austin")) continue;
    signal.throwIfAborted();
    tell(`${python.label}: shares of the leaves by ${name}, ${mode}`);
    try {
      rows.push(row(name, mode, await theirLeaves(command(target.pid, RATE), seconds), truth.shares));
    } catch (error) {
      rows.push({ ...row(name, mode, new Map()), off: Number.NaN, failure: (error as Error).message });
    }
  }
  return rows;
}

async function ourLeaves(pid: number, pausing: Pausing, duration: number): Promise<ReadonlyMap<string, number>> {
  const { profile } = await record({ pid, rate: RATE, duration, pausing }).result;
  const counts = new Map<string, number>();
  for (const { stack, weight } of profile.samples()) {
    count(counts, profile.frames[profile.stackFrame(stack)]?.name ?? "", weight);
  }
  return counts;
}

/** What it writes into the descriptor that is discarded elsewhere, when it is interrupted. */
async function theirLeaves(command: readonly string[], seconds: number): Promise<ReadonlyMap<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-bench-"));
  const path = join(folder, "stacks");
  const file = openSync(path, "w+");
  try {
    await using program = new BoundedProgram(command, LIMIT_SECONDS, "", file);
    await program.run(1.5 + seconds);
    program.interrupt();
    await program.finished();
    return leavesOf(readFileSync(path, "utf8"));
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

/** Of collapsed stacks: "moving (work.py:47)" of py-spy, "/work.py:moving:47" of profiling.sampling. */
export function leavesOf(collapsed: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of collapsed.split("\n")) {
    const [, stack = "", number = ""] = /^(.*) (\d+)$/.exec(line) ?? [];
    const frame = stack.slice(stack.lastIndexOf(";") + 1);
    const [, theirs, ours] = /:([^:]+):\d+$|^(\S+) \(/.exec(frame) ?? [];
    const name = theirs ?? ours;
    if (name !== undefined) count(counts, name, Number(number));
  }
  if (counts.size === 0) throw new Error(`no stacks in: ${collapsed.slice(0, 200)}`);
  return counts;
}

function count(counts: Map<string, number>, name: string, weight: number): void {
  // What a leaf calls of C is the leaf's; `count` writes how far the program has got
  counts.set(name, (counts.get(name) ?? 0) + weight);
}
