import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ExitStatus } from "@pyspy/process";
import { tell } from "../message.ts";
import { Program } from "../program.ts";

const STDERR = 2;
/** How much of the output is shown at the end. */
const SHOWN = 64 * 1024;
/** How long a program has to end when asked to, in milliseconds. */
const END_TIME = 2000;

/** Names the file as `$0`, so that the program and its arguments are what they are. */
const REDIRECT = 'exec "$@" >"$0" 2>&1 </dev/null';

/** A program that is started to be watched. It has no input, and what it writes is kept from the screen until the end. */
export class CapturedProgram implements Disposable {
  readonly name: string;
  readonly #program: Program;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "pyspy-top-"));
  readonly #file: string = join(this.#folder, "output");
  #isKept = false;

  /** Throws `ProcessError` when it cannot be started. */
  constructor(argv: readonly string[]) {
    this.name = argv[0] as string;
    try {
      this.#program = new Program(["/bin/sh", "-c", REDIRECT, this.#file, ...argv]);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#program.pid;
  }

  exited(): ExitStatus | undefined {
    return this.#program.exited();
  }

  wait(): Promise<ExitStatus> {
    return this.#program.wait();
  }

  passOn(signal: NodeJS.Signals): void {
    this.#program.passOn(signal);
  }

  /** Asks it to end, and after a while makes it. */
  async end(): Promise<void> {
    this.#program.end();
    const deadline = new AbortController();
    const isOver = await Promise.race([
      this.wait().then(() => true),
      delay(END_TIME, false, { signal: deadline.signal }).catch(() => false),
    ]);
    deadline.abort();
    if (!isOver) this.#program.kill();
    await this.wait();
  }

  /** Writes what it wrote, or the end of it, to stderr. */
  replay(): void {
    const { text, isWhole } = readEnd(this.#file, SHOWN);
    if (!isWhole) tell(STDERR, `... (all of the program's output is in ${this.#file})\n`);
    this.#isKept = !isWhole;
    tell(STDERR, text);
  }

  [Symbol.dispose](): void {
    if (!this.#isKept) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function readEnd(file: string, length: number): { text: string; isWhole: boolean } {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    return { text: "", isWhole: true };
  }
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(size - length, 0);
    const bytes = Buffer.alloc(size - start);
    return { text: bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, start)).toString("utf8"), isWhole: start === 0 };
  } finally {
    closeSync(fd);
  }
}
