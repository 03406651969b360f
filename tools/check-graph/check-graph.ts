import { checkCycles } from "./check-cycles.ts";
import { checkFiles } from "./check-files.ts";
import { checkImports } from "./check-imports.ts";
import { readTree } from "./read-tree.ts";

/** Every way in which the workspace at `root` breaks the rules, as "file:line: reason". */
export function checkGraph(root: string): readonly string[] {
  const packages = readTree(root);
  return [...checkImports(packages), ...checkCycles(packages), ...checkFiles(packages)];
}
