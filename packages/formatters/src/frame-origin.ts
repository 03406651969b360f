import type { Frame } from "@pyspy/profile";

/** Where a frame's code comes from: the profiled project, a package, Python's library, machine code, or nowhere. */
export type FrameOrigin = "own" | "library" | "standard" | "native" | "synthetic";

export function frameOrigin({ kind, file }: Frame): FrameOrigin {
  if (kind === "native") return "native";
  if (kind !== "python") return "synthetic";
  if (packageFolder.test(file)) return "library";
  return standardLibrary.some((pattern) => pattern.test(file)) ? "standard" : "own";
}

const packageFolder = /[\\/](?:site|dist)-packages[\\/]/;

const standardLibrary: readonly RegExp[] = [
  /^<frozen /,
  /[\\/]lib(?:64)?[\\/](?:python|pypy)\d[\d.]*t?[\\/]/,
  /[\\/]python\d+\.zip[\\/]/,
  /[\\/]python[\d.]*[\\/]lib[\\/]/i,
];
