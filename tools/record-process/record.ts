import { writeFileSync } from "node:fs";
import { openProcess, type Process, recordProcess } from "@pyspy/process";
import { attach, readStacks } from "@pyspy/sampler";

export interface Recorded {
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly stacks: number;
}

/** Pauses a Python process, dumps it once, and writes all that the dump asked of it to a file. */
export function record(pid: number, path: string): Recorded {
  using recording = recordProcess(openProcess(pid));
  noteThreadStates(recording);
  using _pause = recording.pause();
  // It is stopped already, and a process can be stopped by one tracer only.
  const stacks = readStacks(attach(recording), { pausing: "never" });
  const bytes = recording.save();
  writeFileSync(path, bytes);
  return { path, bytes: bytes.length, stacks: stacks.length };
}

/** Before the pause, in which every thread is stopped: the first answer is the one that is kept. */
function noteThreadStates(recording: Process): void {
  using states = recording.threadStates();
  for (const { id } of recording.threads()) states.read(id);
}
