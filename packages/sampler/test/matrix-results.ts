import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cachePath, type Python } from "@pyspy/test-fixtures";

/** `installed`: as it is; `jit`: with PYTHON_JIT=1; `hidden`: a stripped copy that has to be found by scanning. */
export type Matrix = "installed" | "jit" | "hidden" | "parallel";

export interface MatrixResult {
  readonly matrix: Matrix;
  readonly python: Python;
  /** Programs with their arguments. */
  readonly passed: readonly string[];
  readonly wanted: readonly string[];
}

/** Keeps a row's result for tools/support-table; one that was not run, or only in part, is none. */
export function writeResult({ matrix, python, passed, wanted }: MatrixResult): void {
  if (passed.length === 0 || passed.length < wanted.length) return;
  const { label, origin, version, freeThreaded, debug, isStatic, stripped } = python;
  const folder = cachePath("matrix");
  mkdirSync(folder, { recursive: true });
  const result = { matrix, origin, version, freeThreaded, debug, isStatic, stripped, programs: passed.length };
  writeFileSync(join(folder, `${matrix} ${label}.json`), `${JSON.stringify(result)}\n`);
}
