import { type CommandModel, formsOf, identifierOf, type OptionModel, type SubcommandModel } from "./command-model.ts";

/** A script for bash 3.2 and later; needs no bash-completion. */
export function bashScript(model: CommandModel): string {
  const { program } = model;
  const name = `_${identifierOf(program)}`;
  return `# Completions of ${program} for bash. To use: source this file, or put it into
# ~/.local/share/bash-completion/completions/${program}
${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command='' expected='' prefix='' word i
${walk(model)}
${joined(model)}
${replies(model, name)}
}

${replyFunctions(name)}
complete -F ${name} ${program}
`;
}

/** Goes through the words before the cursor: which command it is, and what is expected now. */
function walk({ commands }: CommandModel): string {
  const programs = commands.filter(({ argument }) => argument === "program");
  return `  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # An equals sign is a word of its own.
    [[ $word == '=' ]] && continue
    if [[ -n $expected ]]; then expected=''; continue; fi
    case $command:$word in
${commands.map(({ name, prefixes }) => `      ${prefixes.map((prefix) => `:${prefix}`).join(" | ")}) command=${name} ;;`).join("\n")}
      :-*) ;;
      :*) return ;;
${commands.flatMap(valueCases).join("\n")}
${programs.map(({ name }) => `      ${name}:--) expected=arguments; ((i == COMP_CWORD - 1)) && expected=program; break ;;`).join("\n")}
      *:-*) ;;
${programs.map(({ name }) => `      ${name}:*) expected=arguments; break ;;`).join("\n")}
      *) return ;;
    esac
  done`;
}

/** Options after which a value is expected. */
function valueCases(command: SubcommandModel): string[] {
  return withValue(command).map((option) => {
    const patterns = formsOf(option).map((form) => `${command.name}:${form}`).join(" | ");
    return `      ${patterns}) expected=${expectation(command, option)} ;;`;
  });
}

/** An option and its value as one word, which they are if COMP_WORDBREAKS has no equals sign. */
function joined({ commands }: CommandModel): string {
  const cases = commands.flatMap((command) =>
    withValue(command).map((option) => `    ${command.name}::${option.long}=*) expected=${expectation(command, option)} prefix=\${cur%%=*}= cur=\${cur#*=} ;;`),
  );
  return `  [[ $cur == '=' ]] && cur=''
  case $command:$expected:$cur in
${cases.join("\n")}
  esac`;
}

function replies({ options, commands }: CommandModel, name: string): string {
  const lists = commands.flatMap((command) =>
    withValue(command).flatMap((option) =>
      typeof option.value === "string" ? [] : [`    ${expectation(command, option)}) ${name}_words '${option.value.join(" ")}'; return ;;`],
    ),
  );
  return `  case $expected in
    pid) ${name}_words "$(${name}_pids)"; return ;;
    file | arguments) ${name}_generated -f; return ;;
    program) ${name}_generated -c; ${name}_generated -f; return ;;
    text) return ;;
${lists.join("\n")}
  esac
  case $command:$cur in
    :-*) ${name}_words '${words(options)}' ;;
    :*) ${name}_words '${commands.map((command) => command.name).join(" ")}' ;;
${commands.flatMap((command) => commandReplies(command, name)).join("\n")}
  esac`;
}

function commandReplies({ name, options, argument }: SubcommandModel, script: string): string[] {
  const optionsReply = `${script}_words '${words(options)}'`;
  const dashed = `    ${name}:-*) ${optionsReply} ;;`;
  if (argument === "program") return [dashed, `    ${name}:*) ${script}_generated -c; ${script}_generated -f ;;`];
  return [dashed, `    ${name}:*) ${argument === "none" ? optionsReply : `${script}_words '${argument.join(" ")}'`} ;;`];
}

/** They see the local variables of the function that calls them. */
function replyFunctions(name: string): string {
  return `${name}_words() {
  while IFS= read -r word; do COMPREPLY+=("$prefix$word"); done < <(compgen -W "$1" -- "$cur")
}

# Files (-f) or commands (-c).
${name}_generated() {
  while IFS= read -r word; do COMPREPLY+=("$prefix$word"); done < <(compgen "$1" -- "$cur")
  compopt -o filenames 2>/dev/null
}

${name}_pids() {
  local folder
  for folder in /proc/[0-9]*; do
    [[ -d $folder ]] || { ps -A -o pid=; return; }
    echo "\${folder#/proc/}"
  done
}
`;
}

function withValue({ options }: SubcommandModel): readonly OptionModel[] {
  return options.filter(({ value }) => value !== "none");
}

function expectation(command: SubcommandModel, { value, long }: OptionModel): string {
  return typeof value === "string" ? value : `${command.name}${long}`;
}

function words(options: readonly OptionModel[]): string {
  return options.flatMap(formsOf).join(" ");
}
