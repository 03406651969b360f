import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { completePyconfig } from "./pyconfig.ts";
import { probeSource } from "./probe.ts";
import { readProbe } from "./read-probe.ts";
import type { Probe } from "./read-probe.ts";

interface CompileOptions {
  /** The compiler; a cross compiler gives another target's table. Default `gcc`. */
  readonly cc?: string;
  /** Compile with `Py_GIL_DISABLED`, although the headers are those of a default build. */
  readonly freeThreaded?: boolean;
}

/** Compiles the probe against one CPython's include directory and reads back what it found. Throws `ProbeError`. */
export function probe(include: string, { cc = "gcc", freeThreaded = false }: CompileOptions = {}): Probe {
  const work = mkdtempSync(join(tmpdir(), "layouts-gen-"));
  try {
    const object = compile(include, work, cc, freeThreaded);
    return readProbe(object, freeThreaded);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compile(include: string, work: string, cc: string, freeThreaded: boolean): string {
  const stubs = join(work, "stubs");
  mkdirSync(stubs);
  writeFileSync(join(stubs, "crypt.h"), "");
  completePyconfig(include, stubs);
  const source = join(work, "probe.c");
  const object = join(work, "probe.o");
  writeFileSync(source, probeSource());
  const places = [include, join(include, "internal"), join(include, "internal", "mimalloc"), dirname(include), stubs];
  const defines = ["-DPy_BUILD_CORE=1", ...(freeThreaded ? ["-DPy_GIL_DISABLED=1"] : [])];
  run(cc, ["-std=gnu11", "-w", ...defines, ...places.map((place) => `-I${place}`), "-c", source, "-o", object], include);
  return object;
}

function run(cc: string, args: string[], include: string): void {
  try {
    execFileSync(cc, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 120_000, maxBuffer: 1 << 24 });
  } catch (cause) {
    const { stderr } = cause as { stderr?: Buffer };
    const said = stderr?.toString().split("\n").slice(0, 8).join("\n") ?? "";
    throw new ProbeError(`${cc} could not compile the probe against ${include}\n${said}`, { cause });
  }
}

/** The probe could not be compiled. */
class ProbeError extends Error {
  override readonly name = "ProbeError";
}
