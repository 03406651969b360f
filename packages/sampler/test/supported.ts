import { layoutFor } from "@pyspy/layouts";
import type { Python } from "@pyspy/test-fixtures";

/** Why the sampler does not read that Python; "" if it does. For the titles of skipped tests. */
export function unsupported({ version }: Python): string {
  return layoutFor(version) === undefined ? "no layout" : "";
}
