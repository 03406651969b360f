import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pythonRoots } from "../headers.ts";
import { minorVersions } from "../versions.ts";

/** A shared libpython of a minor version that has a table. */
export interface Libpython {
  readonly path: string;
  readonly minor: number;
  readonly freeThreaded: boolean;
}

/** Those directly in the `lib` of pyenv's versions and of `PYSPY_PYTHONS`: the ones not stripped, where there are any. */
export function findLibpythons(): Libpython[] {
  return pythonRoots().flatMap((root) => {
    const directory = join(root, "lib");
    if (!existsSync(directory)) return [];
    return readdirSync(directory).flatMap((name) => {
      const match = /^libpython3\.(\d+)(t?)\.so\.1\.0$/.exec(name);
      const minor = Number(match?.[1]);
      return minorVersions.includes(minor) ? [{ path: join(directory, name), minor, freeThreaded: match?.[2] === "t" }] : [];
    });
  });
}
