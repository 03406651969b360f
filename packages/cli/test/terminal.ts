import { spawnSync } from "node:child_process";

import { main } from "./built.ts";
import { Running, type Settings } from "./pyspy.ts";

/** Why there is no terminal for tests; "" if there is. */
export const whyNoTerminal: string = spawnSync("script", ["--version"]).status === 0 ? "" : "needs script of util-linux";

export const CTRL_C = "\u0003";

/**
 * Runs pyspy in a terminal of its own, where it is in the foreground. What it writes to either stream is in `stdout`;
 * what is written to stdin is typed.
 */
export function startInTerminal(args: readonly (string | number)[], settings: Settings = {}): Running {
  const command = [process.execPath, main(), ...args.map(String)].map(quote).join(" ");
  // The shell stays, as a shell that one works in does, and says how pyspy ended; of Ctrl-C it wants nothing.
  const line = `trap : INT; stty cols 100; ${command}; echo "[status $?]"`;
  return new Running("script", ["-qfec", line, "/dev/null"], { ...settings, env: { SHELL: "/bin/sh", ...settings.env } });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
