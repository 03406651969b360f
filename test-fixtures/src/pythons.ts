import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";

import { archivedPrefixes } from "./archives.ts";
import { askPython, type PythonFacts } from "./python-facts.ts";

/** An interpreter that tests can start. */
export interface Python extends PythonFacts {
  /** "3.11.7 pyenv", "3.13.15t archive", "3.11.2d system": the version, as CPython's files are named, and the origin. */
  readonly label: string;
  readonly origin: Origin;
  /** What to start: the path, or `chroot ROOT PATH` for one that lives in a root of its own. */
  readonly command: readonly string[];
  /** The root it lives in; "" for ours. */
  readonly root: string;
  /** The executable, as seen from our root, with links resolved. */
  readonly executable: string;
}

/** `extra`: from a prefix that `PYSPY_PYTHONS` names. */
export type Origin = "pyenv" | "system" | "extra" | "archive";

let found: readonly Python[] | undefined;

/**
 * Every CPython on this machine, oldest first: pyenv's, the system's, those under the prefixes in PYSPY_PYTHONS
 * (separated by colons) and those in the archives beside the clone.
 */
export function pythons(): readonly Python[] {
  found ??= findPythons();
  return found;
}

/** The newest release (no pre-release, not free-threaded, no debug build) that needs no root of its own. Throws if there is none. */
export function anyPython(): Python {
  const python = pythons().findLast((p) => p.root === "" && !p.freeThreaded && !p.debug && p.version.releaseLevel === "final");
  if (python === undefined) throw new Error("no Python 3 was found: tests need one");
  return python;
}

function findPythons(): readonly Python[] {
  const byFile = new Map<string, Python>();
  for (const candidate of candidates()) {
    const python = describe(candidate);
    if (python === undefined) continue;
    const { dev, ino } = statSync(python.executable);
    byFile.set(`${dev}:${ino}`, python); // a file of two names counts once
  }
  return [...byFile.values()].toSorted(byVersion);
}

interface Candidate {
  readonly origin: Origin;
  readonly path: string;
}

function candidates(): readonly Candidate[] {
  const pyenv = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const extra = (process.env["PYSPY_PYTHONS"] ?? "").split(":").filter((prefix) => prefix !== "");
  return [
    ...folders(pyenv).flatMap((prefix) => inPrefix("pyenv", prefix)),
    ...inPrefix("system", "/usr"),
    ...inPrefix("system", "/usr/local"),
    ...extra.flatMap((prefix) => inPrefix("extra", prefix)),
    ...archivedPrefixes().flatMap((prefix) => inPrefix("archive", prefix)),
  ];
}

function folders(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent).map((name) => join(parent, name));
}

function inPrefix(origin: Origin, prefix: string): readonly Candidate[] {
  const bin = join(prefix, "bin");
  if (!existsSync(bin)) return [];
  return readdirSync(bin)
    .filter((name) => /^python\d\.\d+t?d?$/.test(name))
    .map((name) => ({ origin, path: join(bin, name) }));
}

function describe({ origin, path }: Candidate): Python | undefined {
  const root = rootOf(dirname(dirname(path)));
  if (root !== "" && process.getuid?.() !== 0) return undefined;
  const command = root === "" ? [path] : ["chroot", root, path.slice(root.length)];
  const executable = realpathSync(path);
  const facts = askPython(command, executable);
  if (facts === undefined) return undefined;
  const { major, minor, micro } = facts.version;
  const suffix = `${facts.freeThreaded ? "t" : ""}${facts.debug ? "d" : ""}`;
  return { label: `${major}.${minor}.${micro}${suffix} ${origin}`, origin, command, root, executable, ...facts };
}

/** A `usr` that isn't ours has a C library of its own above it. */
function rootOf(prefix: string): string {
  const parent = dirname(prefix);
  return basename(prefix) === "usr" && parent !== "/" && statSync(parent).isDirectory() ? parent : "";
}

function byVersion(a: Python, b: Python): number {
  const { version: v } = a;
  const { version: w } = b;
  return v.major - w.major || v.minor - w.minor || v.micro - w.micro || a.label.localeCompare(b.label);
}
