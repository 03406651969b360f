import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { cachePath, makeOnce, workspaceRoot } from "./cache.ts";

/** Where archives of interpreters may lie: beside the clone. */
const archives = join(workspaceRoot, "..", "shared", "pythons");

/**
 * Prefixes (the folder above `bin`) of the interpreters in the archives, which are unpacked once. Empty when there are
 * no archives, when they can't be unpacked, or for anybody but root, whom `chroot` needs.
 */
export function archivedPrefixes(): readonly string[] {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync(archives)) return [];
  return readdirSync(archives)
    .filter((name) => name.endsWith(".tar.xz"))
    .toSorted()
    .flatMap((name) => prefixesIn(unpack(name)));
}

function unpack(name: string): string {
  return makeOnce(cachePath("pythons", name.slice(0, -".tar.xz".length)), (folder) => {
    execFileSync("tar", ["-xJf", join(archives, name), "-C", folder], { timeout: 120_000 });
  });
}

/** An archive holds a root (`usr/bin/...`) or one folder per interpreter (`3.13.15t/bin/...`). */
function prefixesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((prefix) => existsSync(join(prefix, "bin")));
}
