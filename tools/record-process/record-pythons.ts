import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Python, pythons, startTarget } from "@pyspy/test-fixtures";
import { record } from "./record.ts";

/**
 * Records threads.py under the newest Python of each minor version and build from 3.8 on: FOLDER/3.11.bin, and what the
 * program said of itself, FOLDER/3.11.json.
 */
export async function recordPythons(folder: string): Promise<void> {
  const named = newestByName();
  clearEnvironment();
  mkdirSync(folder, { recursive: true });
  for (const [name, python] of named) {
    await using target = await startTarget(python, "threads.py", [2]);
    const { path, bytes, stacks } = record(target.pid, join(folder, `${name}.bin`));
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(target.ready, null, 1)}\n`);
    console.log(`${path}: ${bytes} bytes, ${stacks} threads of ${python.label}`);
  }
}

/** Pages that are kept may hold the target's environment, which is ours. */
function clearEnvironment(): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  process.env["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
}

/** By "3.11" or "3.13t"; `pythons` gives the oldest first. */
function newestByName(): ReadonlyMap<string, Python> {
  const named = pythons()
    .filter(({ version }) => version.major === 3 && version.minor >= 8 && version.releaseLevel === "final")
    .map((python) => [`3.${python.version.minor}${python.freeThreaded ? "t" : ""}`, python] as const);
  return new Map(named);
}
