import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import { main } from "./built.ts";

export interface Result {
  /** Exit status; null if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  readonly cwd?: string;
  /** Beside what all have; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The Node to run it with; by default the one that runs the tests. */
  readonly node?: string;
  readonly uid?: number;
  /** What stdin says before it ends; by default there is none. */
  readonly input?: string;
}

/** How long anything here may take, in milliseconds. */
const PATIENCE = 40_000;

/** A pyspy that runs. Ends by itself, or by `await using`. */
export class Running implements AsyncDisposable {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #closed: Promise<unknown>;
  #isClosed = false;

  constructor(command: string, args: readonly string[], { cwd, env, uid, input }: Settings = {}) {
    this.child = spawn(command, args, {
      // A process group of its own, to be ended as one: a program that it started would keep the pipes open.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...plainEnvironment(), ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.child.stdin?.on("error", () => undefined);
    if (input !== undefined) this.child.stdin?.end(input);
    this.#closed = once(this.child, "close").then(() => (this.#isClosed = true));
  }

  /** Waits until what it has written so far matches. */
  async until(pattern: RegExp): Promise<void> {
    await poll(`${pattern} in what it wrote`, () => pattern.test(this.stdout + this.stderr), () => this.stdout + this.stderr);
  }

  /** Waits for its end. */
  async end(): Promise<Result> {
    const timer = setTimeout(() => this.#kill(), PATIENCE);
    await this.#closed;
    clearTimeout(timer);
    return { status: this.child.exitCode, signal: this.child.signalCode, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#kill();
    await this.#closed;
  }

  #kill(): void {
    try {
      process.kill(-(this.child.pid as number), "SIGKILL");
    } catch {
      // All of it has ended.
    }
  }
}

export function startPyspy(args: readonly (string | number)[], settings: Settings = {}): Running {
  return new Running(settings.node ?? process.execPath, [main(), ...args.map(String)], settings);
}

export async function pyspy(args: readonly (string | number)[], settings: Settings = {}): Promise<Result> {
  await using running = startPyspy(args, { input: "", ...settings });
  return await running.end();
}

/** Waits until something is so. */
export async function poll(what: string, check: () => boolean, seen: () => string = () => ""): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}\n${seen()}`);
    await delay(10);
  }
}

/** Without what decides on colours, and what a test runner adds. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "NODE_OPTIONS", "NODE_V8_COVERAGE"]) delete env[name];
  return env;
}
