import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, copyFileSync, ftruncateSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { makeOnce, type Python } from "@pyspy/test-fixtures";

const program = fileURLToPath(new URL("./programs/work.py", import.meta.url));
const START_MS = 30_000;
/** What it does before it says so is over by then: threads have started, specialised bytecode is made. */
const SETTLE_MS = 300;

export type WorkKind = "still" | "moving" | "generators" | "coroutines" | "threads" | "asleep";

/** `programs/work.py`, which counts what it does. */
export interface WorkTarget extends AsyncDisposable {
  readonly pid: number;
  /** Batches of work done so far. */
  done(): number;
}

/** A shell stands between: of a child of its own, Node would take a stop by a tracer in this process for its end. */
export async function startWork(python: Python, kind: WorkKind, size: number): Promise<WorkTarget> {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-bench-"));
  const file = openSync(join(folder, "done"), "w+");
  rmSync(folder, { recursive: true });
  ftruncateSync(file, 8);
  const child = spawn("/bin/sh", ["-c", '"$@"; exit $?', "sh", ...python.command, stage(python), kind, String(size)], {
    detached: true, // a process group of its own, to be ended as one
    stdio: ["ignore", "pipe", "inherit", "ignore", file],
  });
  const word = Buffer.alloc(8);
  const done = (): number => {
    readSync(file, word, 0, 8, 0);
    return Number(word.readBigUInt64LE());
  };
  const stop = async (): Promise<void> => {
    await stopGroup(child);
    closeSync(file);
  };
  try {
    const pid = await pidOf(child);
    await delay(SETTLE_MS);
    return { pid, done, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function pidOf(child: ChildProcess): Promise<number> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => (text += part));
  const deadline = performance.now() + START_MS;
  while (!text.includes("\n")) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`work.py did not start (${child.exitCode})`);
    await delay(5);
  }
  return (JSON.parse(text) as { readonly pid: number }).pid;
}

/** The program as that Python sees it. */
function stage(python: Python): string {
  if (python.root === "") return program;
  const digest = createHash("sha256").update(readFileSync(program)).digest("hex").slice(0, 12);
  const folder = `/tmp/pyspy-bench-${digest}`;
  makeOnce(join(python.root, folder), (empty) => copyFileSync(program, join(empty, "work.py")));
  return join(folder, "work.py");
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await ended;
}
