import { lstatSync, readlinkSync } from "node:fs";
import { errorCode } from "./errno.ts";
import { procError } from "./proc-error.ts";
import { liveFolder } from "./threads.ts";

/** As many as the kernel follows (MAXSYMLINKS). */
const maxSymbolicLinks = 40;
/** As long as the kernel allows a path to be (PATH_MAX). */
const maxPathLength = 4096;

/**
 * The path in this process's file system of what `path` means to process `pid`: under its root directory, symbolic
 * links resolved by hand, since the kernel takes absolute ones from this process's root. Undefined when it does not
 * exist. Relative paths start at `workingDirectory`.
 */
export function resolveInRoot(pid: number, path: string, workingDirectory: () => string): string | undefined {
  const root = `${liveFolder(pid)}/root`;
  const pending = split(path.startsWith("/") ? path : `${workingDirectory()}/${path}`);
  const resolved: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const component = pending.pop()!;
    if (component === "..") {
      resolved.pop();
      continue;
    }
    const target = follow(pid, [root, ...resolved, component].join("/"));
    if (target === undefined) return undefined;
    if (target === "") {
      resolved.push(component);
      continue;
    }
    if (++links > maxSymbolicLinks || target.length > maxPathLength) return undefined;
    if (target.startsWith("/")) resolved.length = 0;
    pending.push(...split(target));
  }
  return [root, ...resolved].join("/");
}

/**
 * The root directory as /proc names it: "/", or where a chroot leads. Paths in /proc are relative to this process's
 * root, so below a chroot they begin with it.
 */
export function rootDirectory(pid: number): string {
  try {
    return readlinkSync(`${liveFolder(pid)}/root`);
  } catch (error) {
    throw procError(pid, "read the root directory", error);
  }
}

/** A path that /proc names, as the process itself would write it. */
export function insideRoot(root: string, path: string): string {
  if (root === "/" || !`${path}/`.startsWith(`${root}/`)) return path;
  return path.length === root.length ? "/" : path.slice(root.length);
}

/** Components, last first. */
function split(path: string): string[] {
  return path
    .split("/")
    .filter((component) => component !== "" && component !== ".")
    .reverse();
}

/** Where a symbolic link leads, "" for anything else, undefined for what is not there. */
function follow(pid: number, path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : "";
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
    throw procError(pid, `look up ${path}`, error);
  }
}
