import { join } from "node:path";

import { type Python, pythonPackage } from "@pyspy/test-fixtures";

import { unsupported } from "./supported.ts";

/** Its defects are in `py-spy-defects.ts`. */
const VERSION = "0.4.2";

const folder = pythonPackage("py-spy", VERSION);
/** The real py-spy; undefined where it cannot be had. */
export const pySpy: string | undefined = folder && join(folder, "bin", "py-spy");
/** For titles of what is skipped without it. */
export const noPySpy: string = folder === undefined ? ` [needs py-spy ${VERSION} from the Python package index]` : "";

/** Whether both read that Python and call its files alike: one with a root of its own has two names for each. */
export function isReadByBoth(python: Python): boolean {
  const { major, minor } = python.version;
  const isTheirs = major === 2 ? minor === 7 : minor >= 3 && minor <= 14;
  return unsupported(python) === "" && isTheirs && !python.freeThreaded && python.root === "";
}
