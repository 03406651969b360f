import { isatty } from "node:tty";
import { openProcess } from "@pyspy/process";
import { attach, readStacks } from "@pyspy/sampler";
import { dumpText } from "./dump-text.ts";
import { pausingOf, type PausingOptions } from "./pausing-options.ts";
import { styleFor } from "./style.ts";
import { systemReason, writeAll } from "./write.ts";

export interface DumpOptions extends PausingOptions {
  readonly pid: number;
  readonly fullFilenames?: boolean;
}

const STDOUT = 1;

/** `pyspy dump`: the stacks of all threads, now. */
export function dump(options: DumpOptions): void {
  using target = openProcess(options.pid);
  const python = attach(target);
  const stacks = readStacks(python, { pausing: pausingOf(options) });
  print(dumpText(target, python, stacks, options.fullFilenames ?? false, styleFor(isatty(STDOUT))));
}

/** Throws `EPIPE` as it is: the reader has seen enough. */
function print(text: string): void {
  try {
    writeAll(STDOUT, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPIPE") throw error;
    throw new Error(`cannot write to standard output: ${systemReason(error)}`, { cause: error });
  }
}
