import { readFileSync } from "node:fs";

import { type Python, pySpy } from "@pyspy/test-fixtures";

import { DISCARD } from "./bounded-program.ts";
import { type ChildRequest, childCommand } from "./child.ts";
import { austinCommand, findAustin } from "./measure-austin.ts";
import { profilingSamplingCommand, findProfilingSampling } from "./measure-profiling-sampling.ts";
import { findPySpy } from "./measure-py-spy.ts";
import type { PeerName } from "./options.ts";
import { OURS } from "./report.ts";

const LONG_SECONDS = 100_000;

/** A profiler that runs beside its target until it is killed. */
export interface Background {
  readonly name: string;
  /** As it is by itself, or stopping the target for each sample, or never stopping it. */
  readonly mode: "default" | "blocking" | "nonblocking";
  command(pid: number, rate: number): readonly string[];
  /** What it wants on its standard input. */
  input?(pid: number, rate: number): string;
}

/** All that are found, in all of their modes. */
export function backgrounds(python: Python, peers: readonly PeerName[]): readonly Background[] {
  const found: Background[] = [ours("default"), ours("blocking")];
  const theirs = peers.includes("py-spy") ? findPySpy([]) : undefined;
  if (theirs) found.push(theirPySpy(theirs.name, "blocking", []), theirPySpy(theirs.name, "nonblocking", ["--nonblocking"]));
  const austin = peers.includes("austin") ? findAustin([]) : undefined;
  if (austin) found.push({ name: austin.name, mode: "nonblocking", command: (pid, rate) => austinCommand({ pid }, rate) });
  const sampling = peers.includes("profiling.sampling") ? findProfilingSampling(python, []) : undefined;
  if (sampling) {
    const command = (pid: number, rate: number): readonly string[] => profilingSamplingCommand(python, { pid }, rate, LONG_SECONDS);
    found.push({ name: sampling.name, mode: "nonblocking", command });
    found.push({ name: sampling.name, mode: "blocking", command: (pid, rate) => command(pid, rate).toSpliced(-1, 0, "--blocking") });
  }
  return found;
}

/** KiB that a process had at most in memory. */
export function peakRss(pid: number): number {
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN);
}

function ours(mode: "default" | "blocking"): Background {
  const command = childCommand(new URL("./recording-child.ts", import.meta.url));
  const pausing = mode === "blocking" ? "always" : "when-needed";
  const input = (pid: number, rate: number): string =>
    JSON.stringify({ pid, rate, seconds: LONG_SECONDS, warmUp: 0, pausing } satisfies ChildRequest);
  return { name: OURS, mode, command: () => command, input };
}

function theirPySpy(name: string, mode: Background["mode"], options: readonly string[]): Background {
  const fixed = [pySpy() as string, "record", "--format", "raw", "--output", DISCARD, "--duration", String(LONG_SECONDS), ...options];
  return { name, mode, command: (pid, rate) => [...fixed, "--pid", String(pid), "--rate", String(rate)] };
}
