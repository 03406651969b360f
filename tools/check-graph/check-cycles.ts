import { posix } from "node:path";

import { findCycle, type Graph } from "./find-cycle.ts";
import { isTest } from "./is-test.ts";
import type { Package } from "./read-tree.ts";
import type { SourceFile } from "./source-file.ts";

/**
 * Cycles between packages, counting types, and between the files of one package when they run (where a cycle makes the
 * order of loading matter), as "file:line: reason".
 */
export function checkCycles(packages: readonly Package[]): readonly string[] {
  const between = findCycle(packageGraph(packages));
  const first = between && packages.find((pkg) => pkg.name === between[0]);
  const message = first && `${whereImported(sourcesOf(first), (specifier) => specifier === between[1])}: cycle ${between.join(" -> ")}`;
  return [...(message === undefined ? [] : [message]), ...packages.flatMap(cycleInside)];
}

function packageGraph(packages: readonly Package[]): Graph {
  const names = new Set(packages.map((pkg) => pkg.name));
  return new Map(
    packages.map((pkg) => [
      pkg.name,
      sourcesOf(pkg).flatMap((file) => file.imports.flatMap(({ specifier = "" }) => (names.has(specifier) ? [specifier] : []))),
    ]),
  );
}

function cycleInside(pkg: Package): readonly string[] {
  const graph = new Map(pkg.files.map((file) => [file.path, targets(file)]));
  const cycle = findCycle(graph);
  if (cycle === undefined) return [];
  const [from, to] = cycle;
  const file = pkg.files.filter(({ path }) => path === from);
  const where = whereImported(file, (specifier) => posix.join(posix.dirname(from ?? ""), specifier) === to);
  return [`${where}: cycle ${cycle.join(" -> ")}`];
}

function targets(file: SourceFile): readonly string[] {
  return file.imports.flatMap(({ specifier, typeOnly }) =>
    specifier?.startsWith(".") && !typeOnly ? [posix.join(posix.dirname(file.path), specifier)] : [],
  );
}

function sourcesOf(pkg: Package): readonly SourceFile[] {
  return pkg.files.filter((file) => !isTest(file.path));
}

function whereImported(files: readonly SourceFile[], matches: (specifier: string) => boolean): string {
  for (const file of files) {
    const found = file.imports.find(({ specifier }) => specifier !== undefined && matches(specifier));
    if (found !== undefined) return `${file.path}:${found.line}`;
  }
  return files[0]?.path ?? "";
}
