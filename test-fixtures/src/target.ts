import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import { stageProgram, type Program } from "./programs.ts";
import type { Python } from "./pythons.ts";
import { parseReady, type Ready } from "./ready.ts";
import { settle } from "./settled.ts";

export interface TargetOptions {
  /** Set besides our own variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options for the interpreter itself, such as `-X dev`. */
  readonly interpreterArguments?: readonly string[];
  /** Milliseconds until "ready"; default 60,000. */
  readonly timeout?: number;
}

/** A program of ours that runs. Ends with {@link stop}, by `await using`, or by itself after five minutes. */
export interface Target extends AsyncDisposable {
  readonly pid: number;
  readonly ready: Ready;
  /** What it has written to its standard error so far. */
  stderr(): string;
  /** Ends it (and what it started) and waits until it is gone. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a program under that Python and waits until it is where it stays: sleeping threads asleep, busy ones busy.
 * Rejects, with what it wrote, if it ends before or takes too long.
 *
 * A shell stands between: of a child of its own, Node would take a stop by a tracer in this process for its end.
 */
export async function startTarget(
  python: Python,
  program: Program,
  args: readonly (string | number)[] = [],
  options: TargetOptions = {},
): Promise<Target> {
  const deadline = Date.now() + (options.timeout ?? 60_000);
  const child = startBehindShell(python, program, args, options);
  const written = collect(child);
  const stop = (): Promise<void> => stopGroup(child);
  try {
    const ready = parseReady(await firstLine(child, written, deadline));
    await settle(ready, deadline);
    return { pid: ready.pid, ready, stderr: () => written.stderr, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    const reason = `${program} did not get ready under ${python.label}: ${(error as Error).message}`;
    throw new Error(`${reason}\n${written.stderr}`, { cause: error });
  }
}

function startBehindShell(
  python: Python,
  program: Program,
  args: readonly (string | number)[],
  options: TargetOptions,
): ChildProcess {
  const interpreter = [...python.command, ...(options.interpreterArguments ?? [])];
  const command = [...interpreter, stageProgram(python, program), ...args.map(String)];
  return spawn("/bin/sh", ["-c", '"$@"; exit $?', "sh", ...command], {
    detached: true, // a process group of its own, to be ended as one
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8", ...options.env },
  });
}

interface Written {
  stdout: string;
  stderr: string;
}

function collect(child: ChildProcess): Written {
  const written: Written = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (written.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (written.stderr += text));
  return written;
}

async function firstLine(child: ChildProcess, written: Written, deadline: number): Promise<string> {
  while (!written.stdout.includes("\n")) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`it ended (${end})`);
    if (Date.now() > deadline) throw new Error("it took too long");
    await delay(2);
  }
  return written.stdout.slice(0, written.stdout.indexOf("\n"));
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await ended;
}
