import { spawnSync } from "node:child_process";

import { cachePath, makeOnce } from "./cache.ts";
import { anyPython } from "./pythons.ts";

const TIMEOUT = 180_000;

/** Folder with a package and what it needs, got once from the Python package index; undefined where it can't be had. */
export function pythonPackage(name: string, version: string): string | undefined {
  try {
    return makeOnce(cachePath("python-packages", `${name}-${version}`), (empty) => install(`${name}==${version}`, empty));
  } catch {
    return undefined;
  }
}

/** With whichever Python has pip. */
function install(requirement: string, folder: string): void {
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder, requirement];
  for (const [command = "", ...before] of [anyPython().command, ["python3"]]) {
    if (spawnSync(command, [...before, ...args], { stdio: "ignore", timeout: TIMEOUT }).status === 0) return;
  }
  throw new Error(`no pip that gets ${requirement}`);
}
