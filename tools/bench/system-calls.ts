import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BoundedProgram } from "./bounded-program.ts";
import type { CountedProgram, Profiled } from "./profiler.ts";

/** Samples a second in runs whose calls are counted: strace makes them slow. */
export const COUNTED_RATE = 100;
const SHORT_SECONDS = 1;
const LONG_SECONDS = 3;
const LIMIT_SECONDS = 120;

/** Whether strace is there and may trace. */
export function hasStrace(): boolean {
  return spawnSync("strace", ["-c", "-o", "/dev/null", "true"], { timeout: 30_000 }).status === 0;
}

/**
 * System calls of every kind, of the whole profiler, for one more sample: the difference between a longer and a shorter
 * run, so that what it does at its start and its end doesn't count.
 */
export async function callsPerSample(program: CountedProgram, ready: Profiled): Promise<number> {
  const short = await count(program, ready, SHORT_SECONDS);
  const long = await count(program, ready, LONG_SECONDS);
  if (long.samples <= short.samples) throw new Error(`no more samples in ${LONG_SECONDS} s than in ${SHORT_SECONDS} s`);
  return (long.calls - short.calls) / (long.samples - short.samples);
}

async function count(program: CountedProgram, ready: Profiled, seconds: number): Promise<{ calls: number; samples: number }> {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-bench-"));
  try {
    const summary = join(folder, "calls");
    const command = ["strace", "-f", "-c", "-o", summary, ...program.command(ready, seconds)];
    await using traced = new BoundedProgram(command, LIMIT_SECONDS, program.input?.(ready, seconds));
    const samples = program.samples(await traced.end());
    return { calls: totalCalls(readFileSync(summary, "utf8")), samples };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The number of calls in the last line of strace's table: "100.00 seconds usecs/call calls [errors] total". */
function totalCalls(summary: string): number {
  const [, calls] = /^100\.00\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?total$/m.exec(summary) ?? [];
  if (calls === undefined) throw new Error(`no total in strace's summary: ${summary.slice(-500)}`);
  return Number(calls);
}
