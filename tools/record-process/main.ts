import { writeFileSync } from "node:fs";
import { openProcess, recordProcess, type Process } from "@pyspy/process";

const usage = "usage: node --conditions=@pyspy/source tools/record-process/main.ts PID OUT";

/** Keeps all that one dump of a Python process asks of it, so that the dump can be repeated without the process. */
async function main([pid, out, ...rest]: readonly string[]): Promise<void> {
  if (pid === undefined || out === undefined || rest.length > 0 || !/^\d+$/.test(pid)) throw new Error(usage);
  using recording = recordProcess(openProcess(Number(pid)));
  noteThreadStates(recording);
  let stacks: number;
  let bytes: Uint8Array;
  {
    using _pause = recording.pause();
    stacks = await dumpOnce(recording);
    bytes = recording.save();
  }
  writeFileSync(out, bytes);
  console.log(`${out}: ${bytes.length} bytes, ${stacks} threads`);
}

/** Before the pause, in which every thread is stopped: the first answer is the one that is kept. */
function noteThreadStates(recording: Process): void {
  using states = recording.threadStates();
  for (const { id } of recording.threads()) states.read(id);
}

/** All that this tool knows of the sampler. Returns the number of stacks read. */
async function dumpOnce(process: Process): Promise<number> {
  const { attach, readStacks } = await import("@pyspy/sampler");
  return readStacks(attach(process)).length;
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
