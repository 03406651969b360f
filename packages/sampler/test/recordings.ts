import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openRecording, type Process } from "@pyspy/process";
import { type Ready, workspaceRoot } from "@pyspy/test-fixtures";

/** A dump of a program, recorded by tools/record-process, and what the program said of itself. */
export interface RecordedPython {
  /** "3.11", "3.13t" of threads.py, "3.11-generators" of generators.py. */
  readonly name: string;
  readonly ready: Ready;
  open(): Process;
}

const folder = join(workspaceRoot, "test-fixtures", "recordings");

export const recordings: readonly RecordedPython[] = readdirSync(folder)
  .filter((file) => file.endsWith(".bin"))
  .map((file) => recordingNamed(file.slice(0, -".bin".length)))
  .sort((a, b) => a.ready.version[0] - b.ready.version[0] || a.ready.version[1] - b.ready.version[1] || a.name.localeCompare(b.name));

export function recordingNamed(name: string): RecordedPython {
  const bytes = readFileSync(join(folder, `${name}.bin`));
  const ready = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Ready;
  return { name, ready, open: () => openRecording(bytes) };
}
