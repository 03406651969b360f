import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Debian's and most systems' own Python: unlike a user's, every user may run it. */
export const python: string = "/usr/bin/python3";

export const hasPython: boolean = existsSync(python);
export const isRoot: boolean = process.getuid?.() === 0;
export const hasCompiler: boolean = runs("cc", "--version");
export const hasSetpriv: boolean = isRoot && runs("setpriv", "--reuid=65534", "--clear-groups", process.execPath, "--version");
export const hasUnshare: boolean = isRoot && runs("unshare", "--mount", "true");

function runs(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
