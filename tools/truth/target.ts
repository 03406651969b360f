import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { makeOnce, type Python } from "@pyspy/test-fixtures";

import type { TruthProgram } from "./program.ts";
import { parseTimelines, type Timeline } from "./timeline.ts";

const programs = fileURLToPath(new URL("./programs", import.meta.url));
const START_MS = 30_000;
const END_MS = 30_000;
const POLL_MS = 5;

/** A program of the suite that runs. */
export interface TruthTarget extends AsyncDisposable {
  readonly pid: number;
  /** Asks it to end, and for what it did. */
  finish(): Promise<readonly Timeline[]>;
}

/**
 * Starts a program and waits until it is where it stays. Rejects if it ends before, or takes too long. A shell stands
 * between: of a child of its own, Node would take a stop by a tracer in this process for its end.
 */
export async function startTruthTarget(python: Python, { file, args }: TruthProgram): Promise<TruthTarget> {
  const command = [...python.command, join(stage(python), file), ...args];
  const child = spawn("/bin/sh", ["-c", '"$@"; exit $?', "sh", ...command], {
    detached: true, // a process group of its own, to be ended as one
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  const lines = new Lines(child, `${file} under ${python.label}`);
  const stop = (): Promise<void> => stopGroup(child);
  try {
    const { pid } = JSON.parse(await lines.next(START_MS)) as { readonly pid: number };
    return {
      pid,
      finish: async () => {
        process.kill(pid, "SIGTERM");
        return parseTimelines(await lines.next(END_MS));
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Folder of the programs as that Python sees it. */
function stage(python: Python): string {
  if (python.root === "") return programs;
  const hash = createHash("sha256");
  for (const name of readdirSync(programs).toSorted()) if (name.endsWith(".py")) hash.update(readFileSync(join(programs, name)));
  const folder = `/tmp/pyspy-truth-${hash.digest("hex").slice(0, 12)}`;
  makeOnce(join(python.root, folder), (empty) => cpSync(programs, empty, { recursive: true }));
  return folder;
}

/** Lines that a child writes. */
class Lines {
  readonly #child: ChildProcess;
  readonly #what: string;
  #output = "";
  #errors = "";

  constructor(child: ChildProcess, what: string) {
    this.#child = child;
    this.#what = what;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
  }

  async next(limit: number): Promise<string> {
    const deadline = performance.now() + limit;
    for (;;) {
      const end = this.#output.indexOf("\n");
      if (end >= 0) {
        const line = this.#output.slice(0, end);
        this.#output = this.#output.slice(end + 1);
        return line;
      }
      const code = this.#child.exitCode ?? this.#child.signalCode;
      if (code !== null && performance.now() > deadline - limit + 1000) throw this.#error(`ended (${code})`);
      if (performance.now() > deadline) throw this.#error("took too long");
      await delay(POLL_MS);
    }
  }

  #error(what: string): Error {
    return new Error(`${this.#what} ${what}\n${this.#errors.slice(-2000)}`);
  }
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await ended;
}
