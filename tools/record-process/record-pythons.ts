import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Program, type Python, pythons, startTarget, type TargetOptions } from "@pyspy/test-fixtures";
import { record } from "./record.ts";

/**
 * What is recorded besides threads.py, where it is kept in new ways: generators' frames, other interpreters, calls through
 * C, exceptions in flight, and a stack of many chunks.
 */
const more: Readonly<Record<string, readonly Program[]>> = {
  "3.8": ["subinterpreters.py"],
  "3.10": ["generators.py"],
  "3.11": ["generators.py"],
  "3.12": ["subinterpreters.py"],
  "3.13": ["deep.py"],
  "3.13t": ["generators.py", "subinterpreters.py"],
  "3.14": ["calls.py"],
  "3.15": ["generators.py", "subinterpreters.py", "exceptions.py"],
};

/**
 * Records threads.py, and some others, under the newest Python of each minor version and build: FOLDER/3.11.bin,
 * FOLDER/3.11-generators.bin, and what the program said of itself, FOLDER/3.11.json. Where there is a JIT, also warm.py
 * compiled by it: FOLDER/3.15-jit.bin.
 */
export async function recordPythons(folder: string): Promise<void> {
  const named = newestByName();
  clearEnvironment();
  mkdirSync(folder, { recursive: true });
  for (const [name, python] of named) {
    await recordProgram(python, "threads.py", [2], join(folder, name));
    for (const program of more[name] ?? []) await recordProgram(python, program, [], join(folder, `${name}-${program.slice(0, -".py".length)}`));
    if (python.jit && !python.debug) await recordProgram(python, "warm.py", [], join(folder, `${name}-jit`), { env: { PYTHON_JIT: "1" } });
  }
}

async function recordProgram(python: Python, program: Program, args: readonly number[], out: string, options?: TargetOptions): Promise<void> {
  await using target = await startTarget(python, program, args, options);
  const { path, bytes, stacks } = record(target.pid, `${out}.bin`);
  writeFileSync(`${out}.json`, `${JSON.stringify(target.ready, null, 1)}\n`);
  console.log(`${path}: ${bytes} bytes, ${stacks} threads of ${python.label}`);
}

/** Pages that are kept may hold the target's environment, which is ours. */
function clearEnvironment(): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  process.env["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
}

/** By "3.11", "3.11d" or "3.13t"; `pythons` gives the oldest first. */
function newestByName(): ReadonlyMap<string, Python> {
  const named = pythons()
    .filter(({ version }) => version.releaseLevel === "final")
    .map((python) => [`${python.version.major}.${python.version.minor}${python.freeThreaded ? "t" : ""}${python.debug ? "d" : ""}`, python] as const);
  return new Map(named);
}
