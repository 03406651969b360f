import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Python } from "./pythons.ts";

/** Names by which an interpreter could be told from any other program. */
const TELLING = ["_PyRuntime", "Py_Version", "_PyThreadState_Current"];

/** A copy of a Python whose files say nothing of what they are. */
export interface HiddenPython extends Disposable {
  readonly python: Python;
  /** What it needs in its environment to run. */
  readonly env: Readonly<Record<string, string>>;
}

/** Why copies can't be made here; "" if they can. Meant for the titles of skipped tests. */
export function whyNotHidden(): string {
  try {
    execFileSync("strip", ["--version"], { stdio: "ignore" });
    return "";
  } catch {
    return "needs strip";
  }
}

/**
 * Copies a Python's executable, as "service", and its libpython, if it has one, into a folder of their own, and takes from
 * them the symbol tables, the section headers, and the names of telling symbols, which the dynamic linker needs. Disposing
 * of the copy removes it.
 */
export function hide(python: Python): HiddenPython {
  const prefix = dirname(dirname(python.executable));
  const folder = mkdtempSync(join(python.root, "/tmp/pyspy-hidden-"));
  const executable = join(folder, "service");
  cpSync(python.executable, executable);
  const library = python.isStatic ? undefined : copyLibrary(prefix, folder);
  for (const file of library === undefined ? [executable] : [executable, library]) {
    execFileSync("strip", ["--strip-all", file]);
    writeFileSync(file, withoutSectionHeaders(renamed(readFileSync(file))));
  }
  const inRoot = (path: string): string => path.slice(python.root.length);
  return {
    python: { ...python, stripped: true, executable, command: [...python.command.slice(0, -1), inRoot(executable)] },
    env: {
      PYTHONHOME: inRoot(prefix),
      PYTHONPATH: inRoot(copyExtensions(prefix, python, folder)),
      // A library that was linked with a run path is looked for there first: LD_PRELOAD comes before.
      ...(library !== undefined && { LD_PRELOAD: library }),
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function copyLibrary(prefix: string, folder: string): string {
  const name = readdirSync(join(prefix, "lib")).find((each) => /^libpython\d\.\d+[a-z]*\.so\.1\.0$/.test(each));
  if (name === undefined) throw new Error(`no libpython in ${prefix}/lib`);
  const library = join(folder, name);
  writeFileSync(library, readFileSync(join(prefix, "lib", name)));
  return library;
}

/** Extension modules look for the telling symbols too: copies that use the new names come first on the path. */
function copyExtensions(prefix: string, { version }: Python, folder: string): string {
  const name = readdirSync(join(prefix, "lib")).find(
    (each) => each.startsWith(`python${version.major}.${version.minor}`) && existsSync(join(prefix, "lib", each, "lib-dynload")),
  );
  const copies = join(folder, "extensions");
  mkdirSync(copies);
  if (name === undefined) return copies;
  const originals = join(prefix, "lib", name, "lib-dynload");
  for (const each of readdirSync(originals)) {
    if (each.endsWith(".so")) writeFileSync(join(copies, each), renamed(readFileSync(join(originals, each))));
  }
  return copies;
}

/**
 * Other names for the telling symbols in the string table. The GNU hash of a name (h * 33 + c) stays the same when its last
 * but one character goes up by one and its last down by 33, so that the dynamic linker still finds them.
 */
function renamed(bytes: Buffer): Buffer {
  for (const name of TELLING) {
    const wanted = Buffer.from(`\0${name}\0`, "latin1");
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
      const last = at + name.length;
      bytes.writeUInt8(bytes.readUInt8(last - 1) + 1, last - 1);
      bytes.writeUInt8(bytes.readUInt8(last) - 33, last);
    }
  }
  return bytes;
}

/** Of an ELF64 file: e_shoff, e_shnum and e_shstrndx become 0, as if it never had any. */
function withoutSectionHeaders(bytes: Buffer): Buffer {
  bytes.writeBigUInt64LE(0n, 0x28);
  bytes.writeUInt16LE(0, 0x3c);
  bytes.writeUInt16LE(0, 0x3e);
  return bytes;
}
