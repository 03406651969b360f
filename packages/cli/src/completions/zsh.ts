import { type CommandModel, formsOf, identifierOf, type OptionModel, type SubcommandModel, type ValueModel } from "./command-model.ts";

/** A script that works as a file `_PROGRAM` in a folder of `fpath` and when sourced. */
export function zshScript({ program, options, commands }: CommandModel): string {
  const name = `_${identifierOf(program)}`;
  return `#compdef ${program}
# Completions of ${program} for zsh. To use: put this file as _${program} into a folder of $fpath, or source it after compinit.

${name}() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C -S \\
${options.map((option) => `    ${specification(option)} \\`).join("\n")}
    ': :${name}_commands' \\
    '*:: :->command'
  [[ $state == command ]] || return
  case $words[1] in
${commands.map(commandCase).join("\n")}
  esac
}

${name}_commands() {
  local -a commands
  commands=(
${commands.map((command) => `    ${quoted(`${command.name.replaceAll(":", "\\:")}:${command.description}`)}`).join("\n")}
  )
  _describe -t commands command commands
}

if [[ "\${funcstack[1]}" == ${name} ]]; then
  ${name} "$@"
else
  compdef ${name} ${program}
fi
`;
}

function commandCase({ prefixes, options, argument }: SubcommandModel): string {
  const specifications = [...options.map(specification), ...argumentSpecification(argument)];
  return `    ${prefixes.join("|")})
      _arguments -S \\
${specifications.map((text) => `        ${text}`).join(" \\\n")}
      ;;`;
}

/** As `_arguments` takes them: (excluded){-s,--long}[description]:message:action. */
function specification(option: OptionModel): string {
  const forms = formsOf(option);
  const tail = quoted(`[${option.description.replace(/[\\[\]:]/g, "\\$&")}]${action(option)}`);
  const heads = forms.map((form) => (option.value === "none" ? form : `${form}${form.startsWith("--") ? "=" : "+"}`));
  return forms.length === 1 ? `${heads[0]}${tail}` : `'(${forms.join(" ")})'{${heads.join(",")}}${tail}`;
}

function action({ value, long }: OptionModel): string {
  return value === "none" ? "" : `:${long.replace(/^--/, "")}:${valueAction(value)}`;
}

function valueAction(value: Exclude<ValueModel, "none">): string {
  if (value === "file") return "_files";
  if (value === "pid") return "_pids";
  return value === "text" ? " " : `(${value.join(" ")})`;
}

function argumentSpecification(argument: SubcommandModel["argument"]): string[] {
  if (argument === "program") return ["'*:: :_normal'"];
  return argument === "none" ? [] : [`': :(${argument.join(" ")})'`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
