import { layoutFor } from "@pyspy/layouts";
import type { Python } from "@pyspy/test-fixtures";

/** Why that Python is not read; "" if it is. For the titles of skipped tests. */
export function unsupported({ version }: Python): string {
  return layoutFor(version) === undefined ? "no layout for it" : "";
}
