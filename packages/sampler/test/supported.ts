import type { Python } from "@pyspy/test-fixtures";

/** Why the sampler does not read that Python; "" if it does. For the titles of skipped tests. */
export function unsupported({ version }: Python): string {
  return version.major === 3 && version.minor >= 8 ? "" : "needs Python 3.8";
}
