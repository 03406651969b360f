import { CommanderError } from "commander";
import { advise } from "./advice.ts";
import { commandLine } from "./command-line.ts";
import { message } from "./message.ts";
import { UsageError } from "./option-values.ts";

/** Usage errors, as clap and py-spy exit with them. */
const USAGE = 2;
const FAILURE = 1;

/** Runs a command line, `process.argv`; sets the exit status. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  // Commander has printed its own: 0 is help or the version, anything else is about usage.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  message(`Error: ${advise(error)}`);
  return error instanceof UsageError ? USAGE : FAILURE;
}
