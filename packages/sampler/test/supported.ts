import type { Python } from "@pyspy/test-fixtures";

/** Why the sampler does not read that Python; "" if it does. For the titles of skipped tests. */
export function unsupported({ version }: Python): string {
  return version.major === 3 && version.minor >= 8 ? "" : "needs Python 3.8";
}

/** The Python's GIL: `none` where it is built without, or can be switched off. */
export function gilOf({ freeThreaded }: Python): "one" | "none" {
  return freeThreaded ? "none" : "one";
}
