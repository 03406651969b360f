import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pythonRoots } from "../headers.ts";
import { listed, type ListedVersion, tablesSince } from "../versions.ts";

/** A shared libpython of a version that has tables. */
export interface Libpython {
  readonly path: string;
  readonly version: ListedVersion;
  /** First patch release of the tables that hold for it. */
  readonly since: number;
  readonly freeThreaded: boolean;
}

/** Those directly in the `lib` of pyenv's versions and of `PYSPY_PYTHONS`: the ones not stripped, where there are any. */
export function findLibpythons(): Libpython[] {
  return pythonRoots().flatMap((root) => {
    const directory = join(root, "lib");
    if (!existsSync(directory)) return [];
    return readdirSync(directory).flatMap((name) => {
      const [, major, minor, abi] = /^libpython([23])\.(\d+)([mt]?)\.so\.1\.0$/.exec(name) ?? [];
      const version = listed({ major: Number(major), minor: Number(minor) });
      if (version === undefined) return [];
      return [{ path: join(directory, name), version, since: tablesSince(version, microOf(root, version)), freeThreaded: abi === "t" }];
    });
  });
}

/** By the prefix's name, as pyenv gives it; a version whose name does not say is the newest. */
function microOf(root: string, { major, minor }: ListedVersion): number {
  const micro = new RegExp(`/${major}\\.${minor}\\.(\\d+)$`).exec(root)?.[1];
  return micro === undefined ? Infinity : Number(micro);
}
