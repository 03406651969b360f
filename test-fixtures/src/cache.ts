import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone's root. */
export const workspaceRoot: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** A path in the clone's cache folder, which git ignores. */
export function cachePath(...parts: readonly string[]): string {
  return join(workspaceRoot, ".cache", ...parts);
}

/**
 * Makes a folder once: `fill` fills a new one beside it, which then takes the name, so that nobody sees half of it and
 * several processes may do this at once.
 */
export function makeOnce(folder: string, fill: (empty: string) => void): string {
  if (existsSync(folder)) return folder;
  const empty = `${folder}.${process.pid}.partial`;
  rmSync(empty, { recursive: true, force: true });
  mkdirSync(empty, { recursive: true });
  try {
    fill(empty);
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(empty, folder);
  } catch (error) {
    rmSync(empty, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
