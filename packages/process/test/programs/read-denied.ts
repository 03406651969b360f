import { openProcess, ProcessError } from "@pyspy/process";

const pid = Number(process.argv[2]);
const map = { start: 4096, end: 8192, readable: true, writable: false, executable: false, offset: 0, path: "/bin/sh", deleted: false, device: "ff:ff", inode: 1 };

function codeOf(run: () => unknown): unknown {
  try {
    const result = run();
    return typeof result === "object" ? "done" : result;
  } catch (error) {
    return error instanceof ProcessError ? error.code : String(error);
  }
}

const opened = openProcess(pid);
const results = {
  "process_vm_readv": codeOf(() => openProcess(pid, { memory: "process_vm_readv" }).memory.read(4096, 8)),
  "/proc/pid/mem": codeOf(() => openProcess(pid, { memory: "/proc/pid/mem" }).memory.read(4096, 8)),
  "automatic": codeOf(() => opened.memory.read(4096, 8)),
  "maps": codeOf(() => opened.memoryMaps()),
  "executable": codeOf(() => opened.executable()),
  "pause": codeOf(() => opened.pause()),
  "mappedFile": codeOf(() => opened.mappedFile(map)),
  "alive": opened.isAlive(),
  "threads": opened.threads().length > 0,
};
console.log(JSON.stringify(results));
