import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { type Python, pySpy, pySpyVersion } from "@pyspy/test-fixtures";

import type { Options } from "./options.ts";
import { statTimes } from "./process-cpu.ts";
import { median, OURS } from "./report.ts";
import type { Progress } from "./scenario.ts";
import { startWork } from "./work-target.ts";

const THREADS = 100;
const RATE = 100;
const SECONDS = 3;
const LIMIT_MS = 60_000;

const cli = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

/** What a command that records for 3 s costs from its start to its end. */
export interface WholeRecording {
  readonly python: string;
  readonly kind: "threads" | "asleep";
  readonly profiler: string;
  /** Seconds, medians of rounds: on the clock; on CPUs, in user and system mode. */
  readonly seconds: number;
  readonly user: number;
  readonly system: number;
  readonly failure: string | undefined;
}

type Cost = Pick<WholeRecording, "seconds" | "user" | "system">;

/** `record` of 100 threads at 100 Hz, by turns: as it is built, where it is, and as the pinned py-spy has it. */
export async function measureWholeRecordings(python: Python, { peers, rounds }: Options, progress: Progress): Promise<readonly WholeRecording[]> {
  const programs = new Map<string, readonly string[]>();
  if (existsSync(cli)) programs.set(OURS, [process.execPath, cli]);
  const theirs = peers.includes("py-spy") ? pySpy() : undefined;
  if (theirs !== undefined) programs.set(`py-spy ${pySpyVersion}`, [theirs]);
  const found: WholeRecording[] = [];
  for (const kind of ["threads", "asleep"] as const) {
    await using target = await startWork(python, kind, THREADS);
    const args = ["record", "--format", "raw", "--output", "/dev/null", "--duration", String(SECONDS), "--rate", String(RATE)];
    if (kind === "asleep") args.push("--idle");
    const costs = new Map<string, (Cost | string)[]>([...programs.keys()].map((name) => [name, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const [name, program] of programs) {
        progress.signal.throwIfAborted();
        progress.tell(`${python.label}, ${kind}: record by ${name}, round ${round} of ${rounds}`);
        costs.get(name)?.push(costOf([...program, ...args, "--pid", String(target.pid)]));
      }
    }
    for (const [profiler, all] of costs) found.push({ python: python.label, kind, profiler, ...medians(all) });
  }
  return found;
}

/** What went wrong, if it did. */
function costOf([program = "", ...args]: readonly string[]): Cost | string {
  const before = ofChildren();
  const start = performance.now();
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8", timeout: LIMIT_MS });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) return error?.message ?? stderr.slice(-300);
  const after = ofChildren();
  return { seconds, user: after.user - before.user, system: after.system - before.system };
}

/** CPU seconds of all children that have ended. */
function ofChildren(): { readonly user: number; readonly system: number } {
  const [, , user, system] = statTimes(readFileSync("/proc/self/stat", "utf8"));
  return { user, system };
}

function medians(all: readonly (Cost | string)[]): Cost & Pick<WholeRecording, "failure"> {
  const costs = all.filter((cost) => typeof cost !== "string");
  const of = (name: keyof Cost): number => median(costs.map((cost) => cost[name]));
  return { seconds: of("seconds"), user: of("user"), system: of("system"), failure: all.find((cost) => typeof cost === "string") };
}
