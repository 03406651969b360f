import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeDarwinTypes } from "./darwin.ts";
import { completePyconfig, withPyconfig } from "./pyconfig.ts";
import { probeSource } from "./probe.ts";
import { readProbe } from "./read-probe.ts";
import type { Probe } from "./read-probe.ts";

/** What else is to be had of one CPython's headers than the table they are for. */
export interface CompileOptions {
  /** The compiler; a cross compiler gives another target's table. Default `gcc`. */
  readonly cc?: string;
  /** Compile with the sizes that macOS gives its locks, although the headers are those of Linux. */
  readonly darwin?: boolean;
  /** A directory with the target's own `pyconfig.h`, such as the `PC` of CPython's source for Windows. */
  readonly config?: string;
  /** Compile with `Py_GIL_DISABLED`, although the headers are those of a default build. */
  readonly freeThreaded?: boolean;
  /** Compile with `Py_TRACE_REFS`, likewise. */
  readonly traceRefs?: boolean;
}

/** Compiles the probe against one CPython's include directory and reads back what it found. Throws `ProbeError`. */
export function probe(include: string, options: CompileOptions = {}): Probe {
  const work = mkdtempSync(join(tmpdir(), "layouts-gen-"));
  try {
    const object = compile(include, work, options);
    return readProbe(object, options.freeThreaded === true || options.traceRefs === true);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compile(include: string, work: string, { cc = "gcc", config, ...variant }: CompileOptions): string {
  const stubs = join(work, "stubs");
  mkdirSync(stubs);
  writeFileSync(join(stubs, "crypt.h"), "");
  if (config === undefined) completePyconfig(include, stubs);
  const source = join(work, "probe.c");
  const object = join(work, "probe.o");
  writeFileSync(source, probeSource());
  const own = withPyconfig(include, config ?? include, work);
  const places = [own, join(own, "internal"), join(own, "internal", "mimalloc"), dirname(include), stubs];
  const flags = [...definesOf(variant), ...windowsFlags(cc), ...(variant.darwin === true ? ["-include", writeDarwinTypes(work)] : [])];
  run(cc, ["-std=gnu11", "-w", ...flags, ...places.map((place) => `-I${place}`), "-c", source, "-o", object], include);
  return object;
}

function definesOf({ freeThreaded, traceRefs, darwin }: CompileOptions): string[] {
  return [
    "-DPy_BUILD_CORE=1",
    ...(freeThreaded === true ? ["-DPy_GIL_DISABLED=1"] : []),
    ...(traceRefs === true ? ["-DPy_DEBUG=1", "-DPy_TRACE_REFS=1"] : []),
    ...(darwin === true ? ["-DPYSPY_AS_DARWIN=1"] : []),
  ];
}

/**
 * What MSVC defines, how it lays out bit fields and how long its `long double` is, for a GCC that compiles for Windows;
 * PC/pyconfig.h asks for it.
 */
function windowsFlags(cc: string): string[] {
  const machine = execFileSync(cc, ["-dumpmachine"], { encoding: "utf8", timeout: 10_000 });
  if (!machine.includes("mingw")) return [];
  const word = machine.startsWith("x86_64") ? "64" : "32";
  return ["-mms-bitfields", "-mlong-double-64", "-DMS_WINDOWS", "-DMS_WIN32", `-DMS_WIN${word}`, `-D_WIN${word}`];
}

function run(cc: string, args: string[], include: string): void {
  try {
    execFileSync(cc, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 120_000, maxBuffer: 1 << 24 });
  } catch (cause) {
    const { stderr } = cause as { stderr?: Buffer };
    const said = stderr?.toString().split("\n").slice(0, 12).join("\n") ?? "";
    throw new ProbeError(`${cc} could not compile the probe against ${include}\n${said}`, { cause });
  }
}

/** The probe could not be compiled. */
class ProbeError extends Error {
  override readonly name = "ProbeError";
}
