import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { spawnProcess, type SpawnedProcess, type SpawnOptions } from "@pyspy/process";

/** A child whose streams are ours; it ends with its standard input, or when disposed of. Not for tracing. */
export class Target implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(argv: readonly string[], options: { cwd?: string; argv0?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.child = spawn(argv[0]!, argv.slice(1), { ...options, stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface(this.child.stdout!)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The next line of its output. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${this.child.spawnargs.join(" ")} ended early`);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exit;
  }
}

/** A child that may be traced, killed and buried at the end. */
export function traceable(argv: readonly string[], options?: SpawnOptions): SpawnedProcess & AsyncDisposable {
  const child = spawnProcess(argv, options);
  return Object.assign(child, {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.wait();
    },
  });
}

/** A folder that is removed at the end. */
export function folder(): Disposable & { readonly path: string; file(name: string): string } {
  const path = mkdtempSync(join(tmpdir(), "pyspy-process-"));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Asks again and again, for ten seconds at most, until the answer is not undefined and not false. */
export async function until<Value>(what: string, question: () => Value | undefined | false): Promise<Value> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = question();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
