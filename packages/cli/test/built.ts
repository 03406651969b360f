import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { cachePath, makeOnce, workspaceRoot } from "@pyspy/test-fixtures";

const folder = join(workspaceRoot, "packages", "cli");
const tsup = join(workspaceRoot, "node_modules", "tsup", "dist", "cli-default.js");

let built: string | undefined;

/** The folder of the bundle: what `npm test` has built or, if that is missing or older than its sources, one of our own. */
export function builtFolder(): string {
  built ??= isFresh(join(folder, "dist", "main.js")) ? join(folder, "dist") : makeOnce(cachePath("cli", digest()), build);
  return built;
}

/** The script of the command line. */
export function main(): string {
  return join(builtFolder(), "main.js");
}

function sources(): readonly string[] {
  const found = globSync(["packages/*/src/**/*.ts", "packages/*/package.json", "packages/cli/*.ts"], { cwd: workspaceRoot });
  return found.map((source) => join(workspaceRoot, source)).toSorted();
}

function isFresh(file: string): boolean {
  return existsSync(file) && sources().every((source) => statSync(source).mtimeMs <= statSync(file).mtimeMs);
}

function digest(): string {
  const hash = createHash("sha256");
  for (const source of sources()) hash.update(source).update(readFileSync(source));
  return hash.digest("hex").slice(0, 12);
}

function build(empty: string): void {
  execFileSync(process.execPath, [tsup, "--out-dir", empty], { cwd: folder, stdio: ["ignore", "ignore", "inherit"], timeout: 60_000 });
  symlinkSync(join(folder, "node_modules"), join(empty, "node_modules"));
}
