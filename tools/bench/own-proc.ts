import { spawnSync } from "node:child_process";

import type { Python } from "@pyspy/test-fixtures";

const mounted = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"';

/**
 * The same interpreter with a /proc in its root, which profilers that run there need. It is mounted in a mount namespace
 * that ends with the process, so nothing is left behind. As it was where it has no root of its own, or where we may not.
 */
export function withProc(python: Python): Python {
  if (python.root === "") return python;
  const command = ["unshare", "--mount", "/bin/sh", "-c", mounted, python.root, ...inRoot(python)];
  const [program = "", ...args] = [...command, "-c", "open('/proc/self/maps').close()"];
  return spawnSync(program, args, { timeout: 30_000 }).status === 0 ? { ...python, command } : python;
}

/** A command that runs that interpreter beside a process of its, which {@link withProc} started. */
export function besideProcess(python: Python, pid: number): readonly string[] {
  if (python.root === "") return python.command;
  return ["nsenter", "--target", String(pid), "--mount", "chroot", python.root, ...inRoot(python)];
}

/** The interpreter's own command, without what brings it into its root. */
function inRoot({ command, root }: Python): readonly string[] {
  return command.slice(command.lastIndexOf(root) + 1);
}
