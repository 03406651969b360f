import { existsSync, mkdirSync, statSync } from "node:fs";
import module from "node:module";
import { isAbsolute, join } from "node:path";

/** What Node 22.8 and later have of it. */
interface CompileCache {
  enableCompileCache?(folder: string): unknown;
}

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Has Node keep the code that it compiles from now on, for the next start. Quietly does without where Node cannot, where
 * nothing can be written, and where NODE_DISABLE_COMPILE_CACHE or NODE_COMPILE_CACHE have decided already.
 */
export function keepCompiledCode(): void {
  const folder = cacheFolder(process.env);
  if (folder !== undefined) (module as CompileCache).enableCompileCache?.(folder);
}

/**
 * Where compiled code is kept: below XDG_CACHE_HOME or ~/.cache. What is there is run, so none is used that somebody else
 * could have written, such as the caller's when sudo has kept HOME.
 */
function cacheFolder({ XDG_CACHE_HOME = "", HOME = "" }: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(XDG_CACHE_HOME)) return ownFolder(XDG_CACHE_HOME, ["pyspy"]);
  return isAbsolute(HOME) ? ownFolder(HOME, [".cache", "pyspy"]) : undefined;
}

/** A folder with all above it up to `base`, which has to be there: Node's own way to make it never ends in /proc. */
function ownFolder(base: string, names: readonly string[]): string | undefined {
  let folder = base;
  for (const name of names) {
    if (!isOurs(folder)) return undefined;
    folder = join(folder, name);
    if (!make(folder)) return undefined;
  }
  return isOurs(folder) ? folder : undefined;
}

function isOurs(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && stat.uid === process.geteuid?.() && (stat.mode & WRITABLE_BY_OTHERS) === 0;
}

function make(folder: string): boolean {
  if (existsSync(folder)) return true;
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}
