import { type CommandModel, formsOf, type OptionModel, type SubcommandModel } from "./command-model.ts";

/** A script for elvish 0.18 and later. */
export function elvishScript(model: CommandModel): string {
  const { program } = model;
  return `# Completions of ${program} for elvish. To use: put this file into ~/.config/elvish/lib/, as ${program}.elv, and "use ${program}" into rc.elv.
use path
use str

set edit:completion:arg-completer[${program}] = {|@words|
  var candidate = {|word description|
    edit:complex-candidate $word &display=$word' '$description
  }
${tables(model)}
${LOGIC}
}
`;
}

/** Finds the command and what is expected. */
const LOGIC = `  var command = ''
  var value = ''
  var after = ''
  for word $words[1..-1] {
    if (not-eq $after '') {
      continue
    } elif (not-eq $value '') {
      set value = ''
    } elif (eq $word --) {
      set after = program
    } elif (str:has-prefix $word -) {
      if (and (not-eq $command '') (has-key $values[$command] $word)) { set value = $values[$command][$word] }
    } elif (not-eq $command '') {
      set after = program
    } elif (has-key $prefixes $word) {
      set command = $prefixes[$word]
    } else {
      set after = unknown
    }
  }

  if (eq $after unknown) {
    nop
  } elif (eq $after program) {
    edit:complete-filename $words[-1]
  } elif (not-eq $value '') {
    $replies[$value]
  } elif (str:has-prefix $words[-1] -) {
    $options[$command]
  } else {
    $arguments[$command]
  }`;

function tables({ options, commands }: CommandModel): string {
  return `  var prefixes = [
${commands.flatMap(({ name, prefixes }) => prefixes.map((prefix) => `    &${prefix}=${name}`)).join("\n")}
  ]
  var values = [
${commands.map((command) => `    &${command.name}=[\n${valueRows(command.options)}      &''=''\n    ]`).join("\n")}
  ]
  var pids = {
    if (path:is-dir /proc/self/) {
      for folder [/proc/*[digit][nomatch-ok]] { put $folder[6..] }
    } else {
      ps -A -o pid= | each {|line| put (str:trim-space $line) }
    }
  }
  var replies = [
    &pid=$pids
    &file={ edit:complete-filename $words[-1] }
    &text={ }
${commands.flatMap(choiceRows).join("\n")}
  ]
  var options = [
    &''={
${candidates(options)}
    }
${commands.map((command) => `    &${command.name}={\n${candidates(command.options)}\n    }`).join("\n")}
  ]
  var arguments = [
    &''={
${commands.map(({ name, description }) => `      $candidate ${name} ${quoted(description)}`).join("\n")}
    }
${commands.map((command) => `    &${command.name}={ ${argumentReply(command)} }`).join("\n")}
  ]
`;
}

function valueRows(options: readonly OptionModel[]): string {
  const rows = options.filter(({ value }) => value !== "none").flatMap((option) => formsOf(option).map((form) => `      &${form}=${valueName(option)}\n`));
  return rows.join("");
}

function choiceRows({ options }: SubcommandModel): string[] {
  return options.flatMap((option) => (typeof option.value === "string" ? [] : [`    &${valueName(option)}={ put ${option.value.join(" ")} }`]));
}

function candidates(options: readonly OptionModel[]): string {
  return options.flatMap((option) => formsOf(option).map((form) => `      $candidate ${form} ${quoted(option.description)}`)).join("\n");
}

function argumentReply({ name, argument }: SubcommandModel): string {
  if (argument === "program") return "edit:complete-filename $words[-1]";
  return argument === "none" ? `$options[${name}]` : `put ${argument.join(" ")}`;
}

function valueName({ value, long }: OptionModel): string {
  return typeof value === "string" ? value : long.replace(/^--/, "choice-");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
