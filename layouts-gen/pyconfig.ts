import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Debian's pyconfig.h only includes one of the architecture (`<x86_64-linux-gnu/python3.13/pyconfig.h>`), which is in
 * another package. Where that file is missing, this writes it into `stubs` from what the installation's own
 * `_sysconfigdata` says of its configuration.
 */
export function completePyconfig(include: string, stubs: string): void {
  const pyconfig = readFileSync(join(include, "pyconfig.h"), "utf8");
  for (const [, path = "", triplet = ""] of pyconfig.matchAll(/include <((\S+?)\/python3[^>]*\/pyconfig\.h)>/g)) {
    if (existsSync(join(dirname(include), path)) || existsSync(join("/usr/include", path))) continue;
    const data = findSysconfigData(include, triplet);
    if (data === undefined) continue;
    mkdirSync(dirname(join(stubs, path)), { recursive: true });
    writeFileSync(join(stubs, path), definesOf(readFileSync(data, "utf8")));
  }
}

/** `PREFIX/lib/python3.X/_sysconfigdata_*_TRIPLET.py` of `PREFIX/include/python3.X`. */
function findSysconfigData(include: string, triplet: string): string | undefined {
  const library = join(dirname(dirname(include)), "lib", basename(include));
  if (!existsSync(library)) return undefined;
  const names = readdirSync(library).filter((name) => name.startsWith("_sysconfigdata") && name.endsWith(`_${triplet}.py`));
  return names.length === 0 ? undefined : join(library, names.sort()[0] ?? "");
}

/**
 * The macros of pyconfig.h among the variables: all have whole numbers as values, where 0 stands for "not defined".
 * The others come from the Makefile and have other names.
 */
function definesOf(sysconfigData: string): string {
  const variables = sysconfigData.matchAll(/^\s*'((?:HAVE|SIZEOF|ALIGNOF|WITH|ENABLE|USE|DOUBLE|Py|PY|)_\w+)': (-?\d+)[,}]?$/gm);
  const set = [...variables].filter(([, , value]) => value !== "0");
  return set.map(([, name, value]) => `#ifndef ${name}\n#define ${name} ${value}\n#endif\n`).join("");
}
