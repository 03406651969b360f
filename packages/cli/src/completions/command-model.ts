import { meantCommand } from "../command-prefix.ts";
import type { Argument, Command, Option } from "commander";
import { FORMAT_NAMES } from "../format-titles.ts";

/** A command line as completion scripts need it: hidden commands and options are left out. */
export interface CommandModel {
  /** What is typed to run the program. */
  readonly program: string;
  /** Options before any command. */
  readonly options: readonly OptionModel[];
  readonly commands: readonly SubcommandModel[];
}

export interface SubcommandModel {
  readonly name: string;
  /** The beginnings that mean this command and no other, longest (the name) first. */
  readonly prefixes: readonly string[];
  readonly description: string;
  readonly options: readonly OptionModel[];
  /** What its arguments are. "program": a program with arguments of its own. */
  readonly argument: "none" | "program" | readonly string[];
}

export interface OptionModel {
  /** "-p"; "" for none. */
  readonly short: string;
  /** "--pid". */
  readonly long: string;
  readonly description: string;
  readonly value: ValueModel;
}

/** What follows an option: nothing, a file's name, a process id, something of no list, or one of a list. */
export type ValueModel = "none" | "file" | "pid" | "text" | readonly string[];

/** Values of options and arguments for which commander knows no choices, by long name. */
const VALUES: Readonly<Record<string, ValueModel>> = {
  pid: "pid",
  output: "file",
  core: "file",
  format: FORMAT_NAMES,
};
export const SHELLS = ["bash", "zsh", "fish", "powershell", "elvish"] as const;

/** The model of commander's tree, for a program that is called by that name. */
export function commandModel(root: Command, program: string): CommandModel {
  const help = root.createHelp();
  const visible = help.visibleCommands(root);
  const names = new Set([...root.commands, ...visible].map((command) => command.name()));
  const commands = visible.map((command) => ({
    name: command.name(),
    prefixes: prefixesOf(command.name(), names),
    description: firstLine(command.description()),
    options: optionsOf(command),
    argument: argumentOf(command, visible.map((other) => other.name())),
  }));
  return { program, options: optionsOf(root), commands };
}

/** All beginnings of the name that stand for it, the whole name first. */
function prefixesOf(name: string, names: ReadonlySet<string>): string[] {
  const lengths = Array.from({ length: name.length }, (_, index) => name.length - index);
  const isShared = (prefix: string) => [...names].some((other) => other !== name && other.startsWith(prefix));
  const standsForIt = (prefix: string) => prefix === name || !isShared(prefix) || meantCommand(prefix) === name;
  return lengths.map((length) => name.slice(0, length)).filter(standsForIt);
}

function optionsOf(command: Command): OptionModel[] {
  const options = command.createHelp().visibleOptions(command);
  return options.map((option) => ({
    short: option.short ?? "",
    long: option.long ?? "",
    description: firstLine(option.description),
    value: valueOf(option),
  }));
}

/** A value that may be left out can't be told from what follows, so it is not waited for. */
function valueOf(option: Option): ValueModel {
  if (!option.required) return "none";
  return option.argChoices ?? VALUES[option.name()] ?? "text";
}

function argumentOf(command: Command, commands: readonly string[]): SubcommandModel["argument"] {
  const [argument] = command.registeredArguments;
  if (command.name() === "help") return commands.filter((name) => name !== "help");
  if (argument === undefined) return "none";
  return choicesOf(argument) ?? (argument.variadic ? "program" : "none");
}

function choicesOf(argument: Argument): readonly string[] | undefined {
  if (argument.argChoices !== undefined) return argument.argChoices;
  return argument.name() === "shell" ? SHELLS : undefined;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

/** Both forms of an option, short first. */
export function formsOf({ short, long }: OptionModel): string[] {
  return [short, long].filter((form) => form !== "");
}

/** The program's name as part of a function's name. */
export function identifierOf(program: string): string {
  return program.replace(/[^A-Za-z0-9]/g, "_");
}
