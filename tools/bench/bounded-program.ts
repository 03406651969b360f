import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 5;

/** For programs of ours: a file that takes what nobody wants, also in a root that has no /dev. */
export const DISCARD = "/proc/self/fd/3";

const running = new Set<BoundedProgram>();

/**
 * A program that we start, watch, and end at the latest when its time is over: it, and what it has started, since one
 * that was traced would outlive its tracer.
 */
export class BoundedProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #command: readonly string[];
  readonly #deadline: number;
  readonly #closed: Promise<unknown>;
  #output = "";
  #ended = false;
  #failure: Error | undefined;

  /** `seconds`: after which it is killed. `file`: what {@link DISCARD} leads to, if it is wanted after all. */
  constructor(command: readonly string[], seconds: number, input = "", file?: number) {
    const [program = "", ...args] = command;
    this.#command = command;
    this.#deadline = performance.now() + seconds * 1000;
    const env = { ...process.env, LC_ALL: "C" }; // a root of its own may have no other locale
    const discard = file ?? openSync("/dev/null", "w");
    const stdio = ["pipe", "pipe", "pipe", discard] as const;
    this.#child = spawn(program, args, { stdio: [...stdio], env, detached: true }); // a process group of its own
    if (file === undefined) closeSync(discard);
    const limit = setTimeout(() => this.kill(), seconds * 1000);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    }
    this.#child.on("error", (error) => (this.#failure = error));
    this.#closed = once(this.#child, "close").catch(() => {});
    void this.#closed.then(() => {
      this.#ended = true;
      running.delete(this);
      clearTimeout(limit);
    });
    this.#child.stdin?.on("error", () => {}); // it may have ended before it read all
    this.#child.stdin?.end(input);
    running.add(this);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until it has written something that matches, to its standard output or error. */
  async wrote(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#output)) {
      if (this.#ended || this.#failure) throw this.#error("ended too early");
      if (performance.now() > this.#deadline) throw this.#error("took too long");
      await delay(POLL_MS);
    }
  }

  /** Lets it run on for a while. Throws if it ends meanwhile. */
  async run(seconds: number): Promise<void> {
    await Promise.race([delay(seconds * 1000), this.#closed]);
    if (this.#ended) throw this.#error("ended too early");
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  kill(): void {
    if (this.#ended || this.pid === 0) return;
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Waits for its end, whatever it is; returns all that it wrote. */
  async finished(): Promise<string> {
    await this.#closed;
    return this.#output;
  }

  /** As `finished`, but throws unless it ended well. */
  async end(): Promise<string> {
    await this.#closed;
    if (this.#failure || this.#child.exitCode !== 0) throw this.#error(`ended with ${this.#child.signalCode ?? this.#child.exitCode}`);
    return this.#output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#closed;
  }

  #error(what: string): Error {
    const command = this.#command.join(" ");
    return new Error(`${command.slice(0, 200)}: ${what}\n${this.#output.slice(-2000)}`, { cause: this.#failure });
  }
}

/** Ends all that still run. */
export function killAll(): void {
  for (const program of running) program.kill();
}
