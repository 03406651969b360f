import { Argument, Command, Option } from "commander";
import { SHELLS } from "./completions/command-model.ts";
import type { CompletionsOptions, Shell } from "./completions/completions.ts";
import type { DoctorOptions } from "./doctor/doctor.ts";
import type { DumpOptions } from "./dump.ts";
import { FORMAT_NAMES } from "./format-titles.ts";
import { helpColours, helpStyle } from "./help-style.ts";
import { tell } from "./message.ts";
import { parseDelay, parseDuration, parseFormat, parseOutput, parsePid, parseRate, parseShare } from "./option-values.ts";
import { programName } from "./program-name.ts";
import type { RecordOptions } from "./record.ts";
import type { TopOptions } from "./top/top-options.ts";
import { version } from "./version.ts";

const NOTHING_TO_SHOW = `error: nothing to show: give --pid PID, or a program to start, as in: ${programName} top -- python program.py`;
const NOTHING_TO_RECORD = `error: nothing to record: give --pid PID, or a program to start, as in: ${programName} record -- python program.py`;

/**
 * All commands with their options. Throws `CommanderError` after printing help, the version or what is wrong. A command
 * is loaded when it runs: that takes longer than all else that happens before.
 */
export function commandLine(): Command {
  const program = new Command(programName)
    .description("Sampling profiler for running Python programs")
    .version(`${programName} ${version}`, "-V, --version", "Print version")
    .helpOption("-h, --help", "Print help")
    .helpCommand("help [command]", "Print help for a command")
    // So that -V after a command is an option of the command.
    .enablePositionalOptions()
    .configureOutput({ writeOut: (text) => tell(1, text), writeErr: (text) => tell(2, text), ...helpColours() })
    .configureHelp(helpStyle())
    .exitOverride();
  addRecord(program);
  addDump(program);
  addTop(program);
  addDoctor(program);
  addCompletions(program);
  return program;
}

function addRecord(program: Command): void {
  const command = program
    .command("record")
    .description("Record a profile of a running process, or of a program that is started for it")
    .argument("[python_program...]", "Program to start and record; put -- before it if it has options of its own")
    .addOption(pidOption())
    .addOption(new Option("-o, --output <filename>", "File to write; - for standard output (default: named after the program and the time)").argParser(parseOutput))
    .addOption(new Option("-f, --format <format>", `Output format: ${FORMAT_NAMES.join(", ")}`).argParser(parseFormat).default(FORMAT_NAMES[0]))
    .addOption(new Option("-d, --duration <time>", "How long to record: seconds, or with a unit as in 500ms, 90s, 5m").argParser(parseDuration).default(Number.POSITIVE_INFINITY, "unlimited"))
    .addOption(rateOption())
    .addOption(maxOverheadOption())
    .option("-F, --function", "Use the first line of the function instead of the current line")
    .option("--nolineno", "Leave line numbers out")
    .option("-t, --threads", "Add a frame for each thread at the root")
    .option("-g, --gil", "Keep only samples of the thread that holds the GIL")
    .option("-i, --idle", "Keep samples of idle threads")
    .option("-s, --subprocesses", "Record child processes as well, and theirs")
    .addOption(strictOption())
    .addOption(fullFilenamesOption())
    .addOption(pythonVersionOption());
  addPausing(command);
  command.option("--hideprogress", "Show no progress line");
  addIgnored(command, ["--capture"]);
  addNotYet(command, ["-n, --native"]);
  command.action(async (argv: string[], options: RecordOptions) => {
    if (options.pid === undefined && argv.length === 0) command.error(NOTHING_TO_RECORD);
    await (await import("./record.ts")).record(argv, options);
  });
}

function addDump(program: Command): void {
  let locals = 0;
  const command = program
    .command("dump")
    .description("Print the stacks of a running process once")
    .addOption(pidOption().makeOptionMandatory())
    .addOption(fullFilenamesOption())
    .addOption(new Option("-l, --locals", "Show local variables; each further -l shows 128 more characters of their values").default(0, "none"))
    .option("-j, --json", "Write JSON")
    .option("-s, --subprocesses", "Print child processes as well, and theirs")
    .addOption(pythonVersionOption());
  command.on("option:locals", () => command.setOptionValue("locals", ++locals));
  addPausing(command);
  addNotYet(command, ["-c, --core [file]", "-n, --native"]);
  command.action(async (options: DumpOptions) => (await import("./dump.ts")).dump(options));
}

function addTop(program: Command): void {
  const command = program
    .command("top")
    .description("Show where a process spends its time, live")
    .argument("[python_program...]", "Program to start and watch; put -- before it if it has options of its own")
    .addOption(pidOption())
    .addOption(new Option("--delay <time>", "How often to show new numbers: seconds, or with a unit as in 500ms").argParser(parseDelay).default(1, "1.0"))
    .addOption(rateOption())
    .addOption(maxOverheadOption())
    .option("-g, --gil", "Count only the thread that holds the GIL")
    .option("-i, --idle", "Count idle threads as well")
    .option("-s, --subprocesses", "Watch child processes as well, and theirs")
    .addOption(strictOption())
    .option("--once", "Print one report after one delay, and end; so also where there is no terminal")
    .option("--json", "Print that report as JSON")
    .addOption(fullFilenamesOption())
    .addOption(pythonVersionOption());
  addPausing(command);
  addIgnored(command, ["--capture", "--hideprogress"]);
  addNotYet(command, ["-n, --native"]);
  command.action(async (argv: string[], options: TopOptions) => {
    if (options.pid === undefined && argv.length === 0) command.error(NOTHING_TO_SHOW);
    await (await import("./top/top.ts")).top(argv, options);
  });
}

function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("Check what keeps processes from being read, and say how to lift it")
    .addOption(pidOption())
    .action(async (options: DoctorOptions) => (await import("./doctor/doctor.ts")).doctor(options));
}

function addCompletions(program: Command): void {
  program
    .command("completions", { hidden: true })
    .description("Print a script that completes command lines at Tab")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .option("--command <name>", "Name that the script is for", programName)
    .action(async (shell: Shell, options: CompletionsOptions) => (await import("./completions/completions.ts")).completions(shell, options, program));
}

function rateOption(): Option {
  return new Option("-r, --rate <rate>", "Samples per second").argParser(parseRate).default(100);
}

function maxOverheadOption(): Option {
  const text = "Share of one core to take at most, and of the time to stop the process for at most, as in 1%: skips samples down to one a second";
  return new Option("--max-overhead <share>", text).argParser(parseShare);
}

function strictOption(): Option {
  return new Option("--strict", "Leave out stacks that could not be proved: those that changed each time they were read");
}

function pidOption(): Option {
  return new Option("-p, --pid <pid>", "Process to look at, decimal or hexadecimal with 0x").argParser(parsePid);
}

function fullFilenamesOption(): Option {
  return new Option("--full-filenames", "Show full paths instead of those relative to their package");
}

function addPausing(command: Command): void {
  command
    .addOption(new Option("--blocking", "Stop the process while it is read").conflicts("nonblocking"))
    .option("--nonblocking", "Never stop the process");
}

function pythonVersionOption(): Option {
  return new Option("--python-version <version>", "Version of the Python, as in 3.11.7, where it is not found or found wrong");
}

/** Hidden options of py-spy about its progress bar, which takes the place of the program's output. */
function addIgnored(command: Command, flags: readonly string[]): void {
  for (const flag of flags) command.addOption(new Option(flag).hideHelp());
}

/** py-spy's options that are not served yet are refused by name, not as unknown ones. */
function addNotYet(command: Command, flags: readonly string[]): void {
  for (const flag of flags) {
    const option = new Option(flag).hideHelp();
    command.addOption(option);
    command.on(`option:${option.name()}`, () => {
      throw new Error(`${flag.replace(/ \[.*/, "")}: this option of py-spy is not supported yet`);
    });
  }
}
