import { closeSync, openSync, readlinkSync, readSync } from "node:fs";
import { ProcessError } from "../errors.ts";
import type { Architecture } from "../process.ts";
import { errorCode } from "./errno.ts";
import { procError } from "./proc-error.ts";
import { insideRoot, rootDirectory } from "./root.ts";
import { liveFolder, liveThread } from "./threads.ts";

const deletedSuffix = " (deleted)";
const architectures: Readonly<Record<number, Architecture>> = { 3: "ia32", 40: "arm", 62: "x64", 183: "arm64" };
const hostArchitectures: readonly string[] = Object.values(architectures);
const e_machine = 18;

/** Path of the executable as the process sees it. */
export function executable(pid: number): string {
  try {
    const path = readlinkSync(`${liveFolder(pid)}/exe`);
    return insideRoot(rootDirectory(pid), path.endsWith(deletedSuffix) ? path.slice(0, -deletedSuffix.length) : path);
  } catch (error) {
    const failure = error instanceof ProcessError ? error : procError(pid, "read the executable", error);
    if (errorCode(error) !== "ENOENT" || failure.code === "no-such-process") throw failure;
    throw withoutExecutable(pid, error);
  }
}

function withoutExecutable(pid: number, cause: unknown): ProcessError {
  if (liveThread(pid) === undefined) return new ProcessError("no-such-process", pid, `process ${pid} has ended`, { cause });
  return new ProcessError("unsupported", pid, `process ${pid} has no executable: it is a kernel thread`, { cause });
}

/** What the executable was built for; this process's own architecture where it may not be read. */
export function architecture(pid: number): Architecture {
  const machine = elfMachine(pid);
  const found = machine === undefined ? process.arch : (architectures[machine] ?? `ELF machine ${machine}`);
  if (hostArchitectures.includes(found)) return found as Architecture;
  throw new ProcessError("unsupported", pid, `process ${pid} runs on ${found}, which is not supported`);
}

/** The field e_machine of the ELF header, in this machine's byte order. */
function elfMachine(pid: number): number | undefined {
  try {
    const fd = openSync(`${liveFolder(pid)}/exe`, "r");
    try {
      const header = new DataView(new ArrayBuffer(20));
      const length = readSync(fd, header, 0, header.byteLength, 0);
      return length === header.byteLength && header.getUint32(0) === 0x7f454c46 ? header.getUint16(e_machine, true) : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
