import { type CommandModel, formsOf, identifierOf, type OptionModel, type SubcommandModel } from "./command-model.ts";

/** A script for fish 3 and later. */
export function fishScript({ program, options, commands }: CommandModel): string {
  const name = `__${identifierOf(program)}`;
  const line = (condition: string, rest: string) => `complete -c ${program} -n ${quoted(condition)} ${rest}`;
  return `# Completions of ${program} for fish. To use: put this file as ${program}.fish into ~/.config/fish/completions/

# Prints the command that the line has so far, with "-program" once it has come to a program; nothing if it has none.
function ${name}_command
  set -l words (commandline -opc)
  set -l found
  set -l is_value 0
  for word in $words[2..-1]
    if test $is_value = 1
      set is_value 0
      continue
    end
    switch "$found:$word"
      case ':-*'
        continue
${commands.map(({ name: command, prefixes }) => `      case ${prefixes.map((prefix) => `:${prefix}`).join(" ")}\n        set found ${command}`).join("\n")}
      case ':*'
        echo unknown
        return
${commands.flatMap(valueCase).join("\n")}
${commands.filter(({ argument }) => argument === "program").map(({ name: command }) => `      case ${command}:--\n        echo ${command}-program\n        return`).join("\n")}
      case '*:-*'
        continue
      case '*'
        echo $found-program
        return
    end
  end
  test -z "$found"; or echo $found
end

function ${name}_needs_command
  set -l command (${name}_command)
  test -z "$command"
end

function ${name}_is
  set -l command (${name}_command)
  test "$argv[1]" = "$command"
end

complete -c ${program} -f
${options.map((option) => line(`${name}_needs_command`, optionFlags(option))).join("\n")}
${commands.map((command) => line(`${name}_needs_command`, `-a ${command.name} -d ${quoted(command.description)}`)).join("\n")}
${commands.flatMap((command) => commandLines(command, `${name}_is ${command.name}`, line)).join("\n")}
`;
}

/** Options whose value is the next word. */
function valueCase({ name, options }: SubcommandModel): string[] {
  const forms = options.filter(({ value }) => value !== "none").flatMap(formsOf);
  return forms.length === 0 ? [] : [`      case ${forms.map((form) => `${name}:${form}`).join(" ")}\n        set is_value 1`];
}

function commandLines({ options, argument }: SubcommandModel, condition: string, line: (condition: string, rest: string) => string): string[] {
  const lines = options.map((option) => line(condition, optionFlags(option)));
  if (argument === "program") lines.push(line(condition, "-F"), line(`${condition}-program`, "-F"));
  else if (argument !== "none") lines.push(line(condition, `-a ${quoted(argument.join(" "))}`));
  return lines;
}

function optionFlags({ short, long, description, value }: OptionModel): string {
  const names = [short === "" ? "" : `-s ${short.slice(1)}`, long === "" ? "" : `-l ${long.slice(2)}`];
  return [...names, valueFlags(value), `-d ${quoted(description)}`].filter((flag) => flag !== "").join(" ");
}

function valueFlags(value: OptionModel["value"]): string {
  if (value === "none") return "";
  if (value === "file") return "-r -F";
  if (value === "pid") return "-x -a '(__fish_complete_pids)'";
  return value === "text" ? "-x" : `-x -a ${quoted(value.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
