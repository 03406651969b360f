import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { cachePath } from "./cache.ts";

/** What an interpreter says of itself, and what its file shows. */
export interface PythonFacts {
  readonly version: PythonVersion;
  /** Built with `--disable-gil`. */
  readonly freeThreaded: boolean;
  /** Built with `--with-pydebug`. */
  readonly debug: boolean;
  /** Has a compiler that `PYTHON_JIT=1` turns on. */
  readonly jit: boolean;
  /** The interpreter is in the executable itself, not in a shared libpython. */
  readonly isStatic: boolean;
  /** The executable has no `.symtab`. */
  readonly stripped: boolean;
}

export interface PythonVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** `sys.version_info.releaselevel`: "alpha", "beta", "candidate" or "final". */
  readonly releaseLevel: string;
}

const question = `
import sys, json, platform, sysconfig
print(json.dumps({"version": list(sys.version_info), "implementation": platform.python_implementation(),
                  "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
                  "debug": hasattr(sys, "gettotalrefcount"),
                  "jit": hasattr(sys, "_jit") and sys._jit.is_available()}))`;

const cacheFile = cachePath("pythons-2.json");

/** Asks the interpreter, once as long as its file stays the same; undefined if it doesn't answer or is no CPython. */
export function askPython(command: readonly string[], executable: string): PythonFacts | undefined {
  const { size, mtimeMs } = statSync(executable);
  const key = `${command.join(" ")} ${size} ${mtimeMs}`;
  const known = readCache();
  const cached = known[key];
  if (cached !== undefined) return cached;
  const facts = ask(command, executable);
  if (facts !== undefined) writeCache({ ...known, [key]: facts });
  return facts;
}

function ask(command: readonly string[], executable: string): PythonFacts | undefined {
  const [program = "", ...args] = command;
  const answer = spawnSync(program, [...args, "-c", question], { encoding: "utf8", timeout: 30_000 });
  if (answer.status !== 0) return undefined;
  const said = JSON.parse(answer.stdout) as { version: [number, number, number, string]; implementation: string } & Pick<PythonFacts, "freeThreaded" | "debug" | "jit">;
  if (said.implementation !== "CPython") return undefined;
  const [major, minor, micro, releaseLevel] = said.version;
  return {
    version: { major, minor, micro, releaseLevel },
    freeThreaded: said.freeThreaded,
    debug: said.debug,
    jit: said.jit,
    isStatic: statSync(executable).size > 1024 * 1024, // a main() that calls libpython takes some 20 KiB
    stripped: !hasSymbolTable(executable),
  };
}

/** Whether an ELF64 file has a section of type SHT_SYMTAB. */
function hasSymbolTable(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(64);
    readSync(file, header, 0, 64, 0);
    const entrySize = header.readUInt16LE(0x3a);
    const sections = Buffer.alloc(entrySize * header.readUInt16LE(0x3c));
    readSync(file, sections, 0, sections.length, Number(header.readBigUInt64LE(0x28)));
    for (let at = 0; at < sections.length; at += entrySize) if (sections.readUInt32LE(at + 4) === 2) return true;
    return false;
  } finally {
    closeSync(file);
  }
}

function readCache(): Record<string, PythonFacts> {
  try {
    return JSON.parse(readFileSync(cacheFile, "utf8")) as Record<string, PythonFacts>;
  } catch {
    return {};
  }
}

function writeCache(facts: Record<string, PythonFacts>): void {
  const partial = `${cacheFile}.${process.pid}`;
  mkdirSync(dirname(cacheFile), { recursive: true });
  writeFileSync(partial, JSON.stringify(facts));
  renameSync(partial, cacheFile);
}
