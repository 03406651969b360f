import { join } from "node:path";

import { pythonPackage } from "./python-package.ts";
import type { Python } from "./pythons.ts";

/** The one that what we write is compared with. Its defects are in `packages/cli/test/py-spy-defects.ts`. */
export const pySpyVersion = "0.4.2";

/** Path of the real py-spy, got once from the Python package index; undefined where it can't be had. */
export function pySpy(): string | undefined {
  const folder = pythonPackage("py-spy", pySpyVersion);
  return folder && join(folder, "bin", "py-spy");
}

/** Why there is none here; "" if there is one. Meant for the titles of skipped tests. */
export function whyNoPySpy(): string {
  return pySpy() === undefined ? `needs py-spy ${pySpyVersion} from the Python package index` : "";
}

/** Whether py-spy reads that Python and names its files as we do: one with a root of its own has two names for each. */
export function isReadByPySpy({ version: { major, minor }, freeThreaded, root }: Python): boolean {
  const isRead = major === 2 ? minor === 7 : minor >= 3 && minor <= 14;
  return isRead && !freeThreaded && root === "";
}
