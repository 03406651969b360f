import { dumpJson } from "./dump-json.ts";
import { dumpText } from "./dump-text.ts";
import { dumpProcess, dumpTree, type ReadingOptions } from "./dumped-process.ts";
import { isTerminal } from "./is-terminal.ts";
import { pausingOf, type PausingOptions } from "./pausing-options.ts";
import { styleFor } from "./style.ts";
import { systemReason, writeAll } from "./write.ts";

export interface DumpOptions extends PausingOptions {
  readonly pid: number;
  readonly fullFilenames?: boolean;
  /** How often --locals was given. */
  readonly locals: number;
  readonly json?: boolean;
  readonly subprocesses?: boolean;
  readonly pythonVersion?: string;
}

const STDOUT = 1;
/** Characters of a value that each --locals adds. */
const CHARACTERS_PER_LOCALS = 128;

/** `pyspy dump`: the stacks of all threads, now. */
export function dump(options: DumpOptions): void {
  const { pid, fullFilenames = false } = options;
  const time = new Date();
  const processes = options.subprocesses ? dumpTree(pid, readingOf(options)) : [dumpProcess(pid, readingOf(options))];
  if (options.json) print(`${dumpJson(processes, { fullFilenames, time })}\n`);
  else print(dumpText(processes, fullFilenames, styleFor(isTerminal(STDOUT)), columns()));
}

function readingOf(options: DumpOptions): ReadingOptions {
  const { locals, pythonVersion } = options;
  const limit = locals * CHARACTERS_PER_LOCALS;
  return { pausing: pausingOf(options), ...(limit > 0 && { locals: { limit } }), ...(pythonVersion !== undefined && { pythonVersion }) };
}

/** Of the terminal. Elsewhere process.stdout is not touched, since it takes 4 ms to make. */
function columns(): number | undefined {
  return isTerminal(STDOUT) ? process.stdout.columns : undefined;
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
