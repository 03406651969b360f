/** Commands that py-spy has. Its users' abbreviations of them stay what they are. */
const PY_SPY_COMMANDS: readonly string[] = ["record", "top", "dump", "completions", "help"];
/** All commands. */
export const COMMANDS: readonly string[] = [...PY_SPY_COMMANDS, "doctor"];

/** Writes out a command that is shortened to an unambiguous beginning, as in `pyspy rec`; so also after `help`. */
export function expandCommand(args: readonly string[]): string[] {
  const [first = "", second = "", ...rest] = args;
  const command = meantCommand(first);
  const next = command === "help" ? meantCommand(second) : second;
  return [command, next, ...rest].slice(0, args.length);
}

/** The command that a beginning stands for; the text itself if there is none, or more than one. */
export function meantCommand(text: string): string {
  if (text === "") return text;
  for (const commands of [PY_SPY_COMMANDS, COMMANDS]) {
    const meant = commands.filter((name) => name.startsWith(text));
    if (meant.length === 1) return meant[0] as string;
  }
  return text;
}
