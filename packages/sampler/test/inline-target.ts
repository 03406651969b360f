import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Python } from "@pyspy/test-fixtures";

/** A Python that runs a program given as text, which has to print its pid once it is ready. */
export interface InlineTarget extends AsyncDisposable {
  readonly pid: number;
  readonly shell: ChildProcess;
}

const PROLOGUE = "import os, signal, sys\nsignal.alarm(120)\ndef ready():\n    print(os.getpid())\n    sys.stdout.flush()\n";

/** Ends by itself after two minutes. A shell stands between: of its own child, Node would take a stop by a tracer for its end. */
export async function startInline(python: Python, program: string, args: readonly string[] = []): Promise<InlineTarget> {
  const command = [...python.command, "-c", PROLOGUE + program, ...args];
  const shell = spawn("/bin/sh", ["-c", '"$@"; exit $?', "sh", ...command], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const stop = async (): Promise<void> => {
    if (shell.exitCode !== null || shell.signalCode !== null) return;
    const ended = once(shell, "exit");
    process.kill(-(shell.pid as number), "SIGKILL");
    await ended;
  };
  for await (const line of createInterface(shell.stdout)) {
    return { pid: Number(line), shell, [Symbol.asyncDispose]: stop };
  }
  throw new Error(`${python.label} ended before it was ready`);
}
