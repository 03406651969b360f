import { fstatSync } from "node:fs";
import { createRequire } from "node:module";

/** Whether a descriptor is open on a terminal. */
export function isTerminal(fd: number): boolean {
  // With node:net, node:tty takes 4 ms to load: not for files and pipes.
  return isCharacterDevice(fd) && (createRequire(import.meta.url)("node:tty") as typeof import("node:tty")).isatty(fd);
}

function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}
