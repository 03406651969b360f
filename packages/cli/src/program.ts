import { readFileSync } from "node:fs";
import { type ExitStatus, type SpawnedProcess, spawnProcess } from "@pyspy/process";
import { isTerminal } from "./is-terminal.ts";

/** A program that is started to be recorded, with our standard streams. */
export class Program {
  readonly name: string;
  readonly #child: SpawnedProcess;

  /** Throws `ProcessError` when it cannot be started. */
  constructor(argv: readonly string[]) {
    // Node makes pipes non-blocking when it first looks at them, at the latest for a worker. To be done before the
    // start, which takes that back: the program shares them and does not expect it.
    void [process.stdout, process.stderr];
    this.#child = spawnProcess(argv);
    this.name = argv[0] as string;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** How it ended; undefined while it runs. */
  exited(): ExitStatus | undefined {
    return this.#child.exited();
  }

  wait(): Promise<ExitStatus> {
    return this.#child.wait();
  }

  /** Asks it to end. */
  end(): void {
    this.#child.kill("SIGTERM");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Passes on a signal that we got, unless it was Ctrl-C, which the terminal has sent to the program as well. */
  passOn(signal: NodeJS.Signals): void {
    if (signal === "SIGINT" && getsTerminalSignals(this.pid)) return;
    this.#child.kill(signal);
  }
}

/** Whether a process is in the foreground of its terminal: proc(5), fields 5 (pgrp) and 8 (tpgid) of stat. */
function getsTerminalSignals(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return group === foreground;
  } catch {
    return isTerminal(0);
  }
}
