import { probe } from "./compile.ts";
import type { Probe } from "./read-probe.ts";
import { minorVersions } from "./versions.ts";

/** First minor version with a free-threaded build. */
const FREE_THREADED_SINCE = 13;

/**
 * Probes each include directory, and for versions without headers of a free-threaded build among them also the
 * default build's with `Py_GIL_DISABLED`. Versions that `minorVersions` does not list are left out, with a note.
 */
export function probeAll(includes: readonly string[], { cc, log }: { cc: string; log: (note: string) => void }): Probe[] {
  const found: { include: string; probe: Probe }[] = [];
  for (const include of includes) {
    if (!mayBeListed(include)) {
      log(`left out (not in versions.ts): ${include}`);
      continue;
    }
    const result = probe(include, { cc });
    log(`${result.source}${result.freeThreaded ? "t" : ""} ${result.target} ${include}`);
    found.push({ include, probe: result });
  }
  const free = new Set(found.filter((one) => one.probe.freeThreaded).map((one) => one.probe.minor));
  const forced = found.filter(({ probe: { minor } }) => minor >= FREE_THREADED_SINCE && !free.has(minor));
  return [...found.map((one) => one.probe), ...forced.map(({ include }) => probe(include, { cc, freeThreaded: true }))];
}

/** By the directory's name, since headers of other versions may not compile; a name that tells nothing is tried. */
function mayBeListed(include: string): boolean {
  const minor = /python3\.(\d+)[a-z]*\/?$/.exec(include)?.[1];
  return minor === undefined || minorVersions.includes(Number(minor));
}
