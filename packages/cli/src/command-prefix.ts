/** Commands of py-spy; those that are not served yet are refused by name. */
export const COMMANDS = ["record", "dump", "help"] as const;
export const COMMANDS_NOT_YET = ["top", "completions"] as const;

/** Writes out a command that is shortened to an unambiguous beginning, as in `pyspy rec`; so also after `help`. */
export function expandCommand(args: readonly string[]): string[] {
  const [first = "", second = "", ...rest] = args;
  const command = expand(first);
  const next = command === "help" ? expand(second) : second;
  return [command, next, ...rest].slice(0, args.length);
}

function expand(text: string): string {
  const meant = [...COMMANDS, ...COMMANDS_NOT_YET].filter((name) => name.startsWith(text));
  return text !== "" && meant.length === 1 ? (meant[0] as string) : text;
}
