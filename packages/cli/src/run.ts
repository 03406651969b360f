import { CommanderError } from "commander";
import { advise } from "./advice.ts";
import { commandLine } from "./command-line.ts";
import { COMMANDS, expandCommand } from "./command-prefix.ts";
import { message } from "./message.ts";
import { programName } from "./program-name.ts";

const FAILURE = 1;
/** As clap, and so py-spy, exits on a command line that is wrong. */
const USAGE = 2;
/** 128 + SIGPIPE, which Node ignores: what a program ends with whose reader has gone. */
const NO_READER = 141;

const OPTION_OF_PROGRAM = `If it is meant for the program, put -- before that, as in: ${programName} record -- python program.py --option`;

/** Runs a command line, without the names of Node and the script; sets the exit status. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync(expandCommand(args), { from: "user" });
  } catch (error) {
    process.exitCode = await report(error, args);
  }
}

async function report(error: unknown, args: readonly string[]): Promise<number> {
  if (error instanceof CommanderError) return reportUsage(error, args);
  if ((error as NodeJS.ErrnoException).code === "EPIPE") return NO_READER;
  message(`Error: ${await advise(error)}`);
  return FAILURE;
}

/** Commander has printed its own: 0 is help or the version. */
function reportUsage({ code, exitCode }: CommanderError, args: readonly string[]): number {
  if (exitCode === 0) return 0;
  const [command] = expandCommand(args);
  if (code === "commander.unknownCommand") message(`Possible commands: ${COMMANDS.join(", ")}.`);
  if (code === "commander.unknownOption" && command === "record") message(OPTION_OF_PROGRAM);
  if (code !== "commander.help") message("For more information, try --help.");
  return USAGE;
}
