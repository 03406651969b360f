import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * Include directories (those with Python.h) of every CPython found: pyenv's, then those under the roots that
 * `PYSPY_PYTHONS` lists (`ROOT/include/python*`), sorted within each root.
 */
export function findIncludeDirectories(env: NodeJS.ProcessEnv = process.env): string[] {
  return pythonRoots(env).flatMap(includeDirectories);
}

/** Installation prefixes to look in: pyenv's versions, then `PYSPY_PYTHONS`, a list like `PATH`. */
export function pythonRoots(env: NodeJS.ProcessEnv = process.env): string[] {
  const versions = join(env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const pyenv = directory(versions).map((name) => join(versions, name));
  const added = (env["PYSPY_PYTHONS"] ?? "").split(delimiter).filter((root) => root !== "");
  return [...pyenv, ...added];
}

function includeDirectories(root: string): string[] {
  return directory(join(root, "include"))
    .filter((name) => /^python[23]\.\d+/.test(name))
    .map((name) => join(root, "include", name))
    .filter((path) => existsSync(join(path, "Python.h")));
}

function directory(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}
