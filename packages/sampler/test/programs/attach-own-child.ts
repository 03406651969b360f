import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { openProcess } from "@pyspy/process";
import { attach, formatVersion, readStacks } from "@pyspy/sampler";

/** Starts a Python as a user without rights, deletes its folder, attaches as that user, and prints what it sees. */
const [folder = "", env = "{}", ...command] = process.argv.slice(2);
const child = spawn(command[0] as string, command.slice(1), { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...JSON.parse(env) }, uid: 65534, gid: 65534 });
await new Promise((resolve) => child.stdout.once("data", resolve));
rmSync(folder, { recursive: true });
process.setgroups?.([]);
process.setgid?.(65534);
process.setuid?.(65534);
try {
  using target = openProcess(child.pid as number);
  const python = attach(target);
  const names = readStacks(python, { pausing: "never" }).map(({ frames }) => frames.map(({ name }) => name));
  console.log(JSON.stringify({ names, image: python.image, version: formatVersion(python.version) }));
} finally {
  child.kill("SIGKILL");
}
