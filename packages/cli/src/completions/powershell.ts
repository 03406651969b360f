import { type CommandModel, formsOf, type OptionModel, type SubcommandModel } from "./command-model.ts";

/** A script for PowerShell 5.1 and later. Where it has nothing to say, PowerShell completes files. */
export function powershellScript(model: CommandModel): string {
  const { program } = model;
  return `# Completions of ${program} for PowerShell. To use: run this file in $PROFILE.
using namespace System.Management.Automation

Register-ArgumentCompleter -Native -CommandName ${quoted(program)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

${tables(model)}
${LOGIC}
}
`;
}

/** Finds the command and what is expected, as PowerShell 5.1 can. */
const LOGIC = `  $command = ''
  $value = $null
  $elements = $commandAst.CommandElements | Select-Object -Skip 1
  foreach ($element in $elements) {
    if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete -ne '') { break }
    $word = $element.Extent.Text
    if ($null -ne $value) { $value = $null; continue }
    if ($word -ceq '--') { return }
    if ($word.StartsWith('-')) {
      if ($command -ne '') {
        $value = $values[$command] | Where-Object { $_[0] -ceq $word } | ForEach-Object { , $_[1] }
      }
      continue
    }
    if ($command -eq '') {
      if (-not $prefixes.ContainsKey($word)) { return }
      $command = $prefixes[$word]
      continue
    }
    return
  }

  $found = @(
    if ($null -ne $value) {
      if ($value -is [array]) {
        $value | ForEach-Object { , @($_, $_) }
      } elseif ($value -ceq 'pid') {
        Get-Process | ForEach-Object { , @([string]$_.Id, $_.ProcessName) }
      }
    } elseif ($wordToComplete.StartsWith('-')) {
      $options[$command]
    } elseif ($command -eq '') {
      $commands
    } elseif ($arguments.ContainsKey($command)) {
      $arguments[$command] | ForEach-Object { , @($_, $_) }
    }
  )
  $found | Where-Object { $_[0].StartsWith($wordToComplete, [StringComparison]::Ordinal) } |
    ForEach-Object { [CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1]) }`;

function tables({ options, commands }: CommandModel): string {
  return `  # Of each command, "" for none: options, as word and description; the values that options take; arguments.
  $commands = @(
${commands.map(({ name, description }) => `    , @(${quoted(name)}, ${quoted(description)})`).join("\n")}
  )
  $prefixes = @{
${commands.flatMap(({ name, prefixes }) => prefixes.map((prefix) => `    ${quoted(prefix)} = ${quoted(name)}`)).join("\n")}
  }
  $options = @{
    '' = @(
${optionRows(options)}
    )
${commands.map(({ name, options: own }) => `    ${quoted(name)} = @(\n${optionRows(own)}\n    )`).join("\n")}
  }
  $values = @{
${commands.map((command) => `    ${quoted(command.name)} = @(\n${valueRows(command.options)}    )`).join("\n")}
  }
  $arguments = @{
${commands.filter(({ argument }) => typeof argument !== "string").map((command) => `    ${quoted(command.name)} = @(${list(command)})`).join("\n")}
  }
`;
}

function optionRows(options: readonly OptionModel[]): string {
  // An empty text is refused as a tooltip.
  return options.flatMap((option) => formsOf(option).map((form) => `      , @(${quoted(form)}, ${quoted(option.description || form)})`)).join("\n");
}

/** No table by key: short options may differ in case only, which keys do not. */
function valueRows(options: readonly OptionModel[]): string {
  const rows = options.filter(({ value }) => value !== "none").flatMap((option) => formsOf(option).map((form) => `      , @(${quoted(form)}, ${valueText(option)})\n`));
  return rows.join("");
}

function valueText({ value }: OptionModel): string {
  return typeof value === "string" ? quoted(value) : `@(${value.map(quoted).join(", ")})`;
}

function list({ argument }: SubcommandModel): string {
  return typeof argument === "string" ? "" : argument.map(quoted).join(", ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
