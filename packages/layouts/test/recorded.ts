import { readFileSync } from "node:fs";

/** The `_Py_DebugOffsets` of real interpreters on Linux x86_64, as their files have it: pyenv's 3.13.0, Debian's others. */
export const recordedVersions = ["3.13.0", "3.13.15t", "3.13.18", "3.14.10", "3.15.2"] as const;

/** A copy, for the test to change. */
export function recorded(version: (typeof recordedVersions)[number]): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`debug-offsets/${version}.bin`, import.meta.url)));
}
