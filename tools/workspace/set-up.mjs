import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root, tool } from "./environment.mjs";
import { runQuietly } from "./run.mjs";

/** Installs what the workspace needs, with the pnpm that package.json names. */
export function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const installed = existsSync(tool("pnpm"));
  return installed
    ? runQuietly(tool("pnpm"), ["install"])
    : runQuietly("npx", ["--yes", packageManager, "install"]);
}

/** Builds every package that has changed since it was built. */
export function build() {
  return runQuietly(tool("turbo"), ["run", "build", "--filter=./packages/*", "--output-logs=errors-only"]);
}
