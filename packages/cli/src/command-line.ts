import { formats } from "@pyspy/formatters";
import { Command, Option } from "commander";
import { dump, type DumpOptions } from "./dump.ts";
import { parseDuration, parseFormat, parsePid, parseRate } from "./option-values.ts";
import { record, type RecordOptions } from "./record.ts";
import { version } from "./version.ts";

/** All commands with their options. Throws `CommanderError` after printing help, the version or what is wrong. */
export function commandLine(): Command {
  const program = new Command("pyspy")
    .description("Sampling profiler for running Python programs")
    .version(`pyspy ${version}`, "-V, --version")
    .helpCommand("help [command]", "Print help for a command")
    .exitOverride();
  addRecord(program);
  addDump(program);
  return program;
}

function addRecord(program: Command): void {
  const names = formats.map(({ name }) => name).join(", ");
  const command = subcommand(program, "record", "Record a profile of a running process, or of a program that is started for it")
    .argument("[python_program...]", "Program to start and record; put -- before it if it has options of its own")
    .addOption(pidOption())
    .option("-o, --output <filename>", "File to write; - for standard output (default: named after the program and time)")
    .addOption(new Option("-f, --format <format>", `Output format: ${names}`).argParser(parseFormat).default("flamegraph"))
    .addOption(new Option("-d, --duration <time>", "How long to record: seconds, or with a unit as in 500ms, 90s, 5m").argParser(parseDuration).default(Number.POSITIVE_INFINITY, "unlimited"))
    .addOption(new Option("-r, --rate <rate>", "Samples per second").argParser(parseRate).default(100))
    .option("-F, --function", "Use the first line of the function instead of the current line")
    .option("--nolineno", "Leave line numbers out")
    .option("-t, --threads", "Add a frame for each thread at the root")
    .option("-g, --gil", "Keep only samples of the thread that holds the GIL")
    .option("-i, --idle", "Keep samples of idle threads")
    .option("--full-filenames", "Show full paths instead of those relative to their package");
  addPausing(command);
  addNotYet(command, ["-s, --subprocesses", "-n, --native"]);
  command.action((program_: string[], options: RecordOptions) => record(program_, options));
}

function addDump(program: Command): void {
  const command = subcommand(program, "dump", "Print the stacks of a running process once")
    .addOption(pidOption().makeOptionMandatory())
    .option("--full-filenames", "Show full paths instead of those relative to their package");
  addPausing(command);
  addNotYet(command, ["-s, --subprocesses", "-n, --native", "-l, --locals", "-j, --json"]);
  command.action((options: DumpOptions) => dump(options));
}

function subcommand(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).exitOverride();
}

function pidOption(): Option {
  return new Option("-p, --pid <pid>", "Process to look at, decimal or hexadecimal with 0x").argParser(parsePid);
}

function addPausing(command: Command): void {
  command
    .addOption(new Option("--blocking", "Stop the process while it is read").conflicts("nonblocking"))
    .option("--nonblocking", "Never stop the process");
}

/** py-spy's options that are known and not served yet are refused by name, not as unknown ones. */
function addNotYet(command: Command, flags: readonly string[]): void {
  for (const flag of flags) {
    const option = new Option(flag).hideHelp();
    command.addOption(option);
    command.on(`option:${option.name()}`, () => command.error(`error: option '--${option.name()}' is not supported yet`, { exitCode: 1 }));
  }
}
