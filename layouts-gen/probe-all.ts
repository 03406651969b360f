import { type CompileOptions, probe } from "./compile.ts";
import { rankOf } from "./fields.ts";
import type { Probe } from "./read-probe.ts";
import { listed } from "./versions.ts";

/** First minor version with a free-threaded build. */
const FREE_THREADED_SINCE = 13;
/** Last minor version in which `Py_TRACE_REFS` lengthens objects. */
const TRACE_REFS_UNTIL = 12;

type TargetOptions = Pick<CompileOptions, "cc" | "config" | "darwin">;

/**
 * Probes each include directory, and as variants of a default build's headers those of builds that none of the others
 * is of: free-threaded ones, and those with `Py_TRACE_REFS`. Versions that are not listed are left out, with a note.
 */
export function probeAll(includes: readonly string[], options: TargetOptions, log: (note: string) => void): Probe[] {
  const found: { include: string; probe: Probe }[] = [];
  for (const include of includes) {
    if (!mayBeListed(include)) {
      log(`left out (not in versions.ts): ${include}`);
      continue;
    }
    const result = probe(include, options);
    log(`${result.source}${result.freeThreaded ? "t" : ""}${result.traceRefs ? "d" : ""} ${result.target} ${include}`);
    found.push({ include, probe: result });
  }
  const real = found.map((one) => one.probe);
  const variants = found.flatMap((one) => variantsOf(one.probe, real).map((variant) => probe(one.include, { ...options, ...variant })));
  return [...real, ...variants];
}

function variantsOf({ major, minor, freeThreaded, traceRefs }: Probe, real: readonly Probe[]): CompileOptions[] {
  if (freeThreaded || traceRefs) return [];
  const rank = rankOf({ major, minor });
  const has = (kind: "freeThreaded" | "traceRefs") => real.some((one) => rankOf(one) === rank && one[kind]);
  return [
    ...(rank >= FREE_THREADED_SINCE && !has("freeThreaded") ? [{ freeThreaded: true }] : []),
    ...(rank <= TRACE_REFS_UNTIL && !has("traceRefs") ? [{ traceRefs: true }] : []),
  ];
}

/** By the directory's name, since headers of other versions may not compile; a name that tells nothing is tried. */
function mayBeListed(include: string): boolean {
  const [, major, minor] = /python([23])\.(\d+)[a-z]*\/?$/.exec(include) ?? [];
  return minor === undefined || listed({ major: Number(major), minor: Number(minor) }) !== undefined;
}
