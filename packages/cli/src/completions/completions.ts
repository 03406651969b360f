import type { Command } from "commander";
import { writeAll } from "../write.ts";
import { bashScript } from "./bash.ts";
import { type CommandModel, commandModel, SHELLS } from "./command-model.ts";
import { elvishScript } from "./elvish.ts";
import { fishScript } from "./fish.ts";
import { powershellScript } from "./powershell.ts";
import { zshScript } from "./zsh.ts";

export type Shell = (typeof SHELLS)[number];

export interface CompletionsOptions {
  /** The name that the script is for, where pyspy is called by another: "py-spy". */
  readonly command?: string;
}

const STDOUT = 1;

const SCRIPTS: Readonly<Record<Shell, (model: CommandModel) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
  elvish: elvishScript,
};

/** `pyspy completions SHELL`: prints the script for that shell. Throws `EPIPE` as it is. */
export function completions(shell: Shell, { command }: CompletionsOptions, root: Command): void {
  writeAll(STDOUT, completionScript(shell, root, command));
}

/**
 * A script that completes a command line at Tab without running anything of ours. `program` is the name it completes
 * for: letters, digits and `_ . -`.
 */
export function completionScript(shell: Shell, root: Command, program: string = "pyspy"): string {
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(program)) throw new Error(`"${program}" is no name of a command: letters, digits and _ . - only`);
  return SCRIPTS[shell](commandModel(root, program));
}
