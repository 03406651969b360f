import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Output, OutputError } from "./output.ts";

/**
 * Writes a profile to its place or, when that fails, into the directory for temporary files: nothing recorded is lost.
 * Throws {@link Error} that says where the profile is, or how much of it. `write` starts anew at each call.
 */
export function saveProfile(output: Output, write: () => Iterable<string>, fallbackName: string): void {
  // A long file is made of many short-lived strings: V8 would give them some 60 MB, to collect less often
  setFlagsFromString("--semi-space-growth-factor=1");
  try {
    output.write(write());
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    throw new Error(`${error.message}; ${rescue(output, write, fallbackName)}`, { cause: error });
  }
}

/** Says what became of the profile. */
function rescue(output: Output, write: () => Iterable<string>, fallbackName: string): string {
  // With its number, since another recording may need the same name.
  const path = join(tmpdir(), `pyspy-${process.pid}-${basename(fallbackName)}`);
  try {
    using fallback = new Output(path);
    fallback.write(write());
    return `the profile is in ${fallback.label} instead`;
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    if (!output.holdsPart()) return `${error.message}; the profile is lost`;
    output.keep();
    return `${error.message}; ${output.label} holds the beginning of the profile`;
  }
}
