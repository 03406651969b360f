import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { DEBUG_OFFSETS_MAX_SIZE } from "@pyspy/layouts";
import { elfSection } from "./elf-section.ts";

/** A file with a `_PyRuntime` that describes itself. */
export interface Interpreter {
  readonly name: string;
  readonly debugOffsets: Uint8Array;
}

/** CPython 3.13 and later on this machine: pyenv's and those under `PYSPY_PYTHONS`, libraries and static executables. */
export function findInterpreters(): Interpreter[] {
  const files = new Set(roots().flatMap(binariesUnder).map((path) => realpathSync(path)));
  return [...files].sort().flatMap((path) => {
    const debugOffsets = elfSection(path, ".PyRuntime", DEBUG_OFFSETS_MAX_SIZE);
    return debugOffsets === undefined ? [] : [{ name: basename(path), debugOffsets }];
  });
}

function roots(): string[] {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const added = (process.env["PYSPY_PYTHONS"] ?? "").split(delimiter).filter((root) => root !== "");
  return [...entries(versions, /^/), ...added];
}

function binariesUnder(root: string): string[] {
  const libraries = [join(root, "lib"), ...entries(join(root, "lib"), /-linux-gnu$/)];
  return [
    ...libraries.flatMap((path) => entries(path, /^libpython3\.1[3-9]t?\.so\.1\.0$/)),
    ...entries(join(root, "bin"), /^python3\.1[3-9]t?$/),
  ];
}

function entries(path: string, pattern: RegExp): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((name) => pattern.test(name)).map((name) => join(path, name));
}
