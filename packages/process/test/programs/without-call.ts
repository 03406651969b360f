import { createRequire, Module } from "node:module";
import { openProcess, ProcessError, spawnProcess } from "@pyspy/process";

// Prints how memory is read, and what pausing and spawning say, when process_vm_readv is forbidden or koffi is missing.
const [kind, pid, address] = process.argv.slice(2);
if (kind === "seccomp") forbid(process.arch === "arm64" ? 270 : 310);
else hideKoffi();

using target = openProcess(Number(pid));
const bytes = target.memory.read(Number(address), 5000);
const batch = target.memory.batch(64, 2);
batch.add(Number(address) + 1, 3);
batch.add(8, 8);
const whole = target.memory.readBatch(batch);
const { method } = target.memory;
const results = { method, sum: bytes.reduce((sum, byte) => sum + byte, 0), whole, spawn: codeOf(() => spawnProcess(["true"])), forced: codeOf(() => openProcess(Number(pid), { memory: "process_vm_readv" }).memory.read(Number(address), 8)), pause: target.capabilities.pause };
console.log(JSON.stringify(results));

function codeOf(run: () => unknown): string {
  try {
    run();
    return "done";
  } catch (error) {
    return error instanceof ProcessError ? error.code : String(error);
  }
}

/** Lets this thread's system call `number` fail with EPERM, by a seccomp filter. */
function forbid(number: number): void {
  const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
  const prctl = koffi.load(null).func("prctl", "int", ["int", "uint64_t", "uint64_t", "uint64_t", "uint64_t"]);
  // Load the call's number; if it is the one, return EPERM, else allow.
  const program = [[0x20, 0, 0, 0], [0x15, 0, 1, number], [0x06, 0, 0, 0x0005_0001], [0x06, 0, 0, 0x7fff_0000]] as const;
  const filter = Buffer.alloc(8 * program.length);
  for (const [index, [code, yes, no, value]] of program.entries()) {
    filter.writeUInt16LE(code, 8 * index);
    filter.writeUInt8(yes, 8 * index + 2);
    filter.writeUInt8(no, 8 * index + 3);
    filter.writeUInt32LE(value, 8 * index + 4);
  }
  const fprog = Buffer.alloc(16);
  fprog.writeUInt16LE(program.length, 0);
  fprog.writeBigUInt64LE(koffi.address(filter), 8);
  if (prctl(38, 1, 0, 0, 0) !== 0 || prctl(22, 2, Number(koffi.address(fprog)), 0, 0) !== 0) throw new Error("no seccomp");
}

function hideKoffi(): void {
  const loader = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string };
  const resolve = loader._resolveFilename;
  loader._resolveFilename = (request, ...rest) => {
    if (request === "koffi") throw new Error("hidden");
    return resolve.call(loader, request, ...rest);
  };
}
