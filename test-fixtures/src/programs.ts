import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { makeOnce, workspaceRoot } from "./cache.ts";
import type { Python } from "./pythons.ts";

/** Folder of the Python programs that tests run. */
export const programsFolder: string = join(workspaceRoot, "test-fixtures", "programs");

/** The first minor version of Python 3 that each program runs on; 0 if it runs on Python 2.7 as well. */
const since = {
  "still.py": 0,
  "busy.py": 0,
  "churn.py": 0,
  "multiline.py": 0,
  "threads.py": 0,
  "deep.py": 0,
  "locals.py": 0,
  "calls.py": 0,
  "exceptions.py": 0,
  "warm.py": 0,
  "thread_names.py": 0,
  "parallel.py": 0,
  "generators.py": 6,
  "unicode_names.py": 6,
  "asyncio_tasks.py": 6,
  "syntax.py": 8,
  "subinterpreter.py": 8,
  "subinterpreters.py": 8,
  "values.py": 8,
} as const;

/** `NAME.py`; what it does is said at the head of the file. */
export type Program = keyof typeof since;

export const programs: readonly Program[] = Object.keys(since) as Program[];

/** Why that Python can't run that program; "" if it can. Meant for the titles of skipped tests. */
export function whyNot(python: Python, program: Program): string {
  const minor = since[program];
  if (minor === 0 || (python.version.major === 3 && python.version.minor >= minor)) return "";
  return `${program} needs Python 3.${minor}`;
}

/** Path of the program as that Python sees it; copied first into the root of a Python that has its own. */
export function stageProgram(python: Python, program: Program): string {
  if (python.root === "") return join(programsFolder, program);
  const folder = `/tmp/pyspy-programs-${programsDigest()}`;
  makeOnce(join(python.root, folder), (empty) => cpSync(programsFolder, empty, { recursive: true }));
  return join(folder, program);
}

let digest: string | undefined;

function programsDigest(): string {
  if (digest !== undefined) return digest;
  const hash = createHash("sha256");
  for (const name of readdirSync(programsFolder).toSorted()) {
    if (name.endsWith(".py")) hash.update(name).update(readFileSync(join(programsFolder, name)));
  }
  digest = hash.digest("hex").slice(0, 12);
  return digest;
}
