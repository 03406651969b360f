import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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

/** Sizes that a pyconfig.h states and that are those of the machine it was made on; compilers know their own. */
const sizes = {
  SIZEOF_LONG: "__SIZEOF_LONG__",
  SIZEOF_VOID_P: "__SIZEOF_POINTER__",
  SIZEOF_UINTPTR_T: "__SIZEOF_POINTER__",
  SIZEOF_SIZE_T: "__SIZEOF_SIZE_T__",
  SIZEOF_PTHREAD_T: "__SIZEOF_LONG__",
  SIZEOF_WCHAR_T: "__SIZEOF_WCHAR_T__",
  SIZEOF_TIME_T: "__SIZEOF_LONG__",
  SIZEOF_OFF_T: "__SIZEOF_LONG__",
  ALIGNOF_LONG: "_Alignof(long)",
  ALIGNOF_SIZE_T: "_Alignof(__SIZE_TYPE__)",
};

/**
 * A directory with the headers of `include` and a pyconfig.h that says what the one in `config` does, but for the sizes,
 * which are the compiler's target's. So one installation's headers serve all targets of its system.
 */
export function withPyconfig(include: string, config: string, work: string): string {
  const own = join(work, basename(include));
  mkdirSync(own);
  for (const name of readdirSync(include)) if (name !== "pyconfig.h") symlinkSync(join(include, name), join(own, name));
  writeFileSync(join(own, "pyconfig.h"), targetPyconfig(join(config, "pyconfig.h")));
  return own;
}

function targetPyconfig(path: string): string {
  const lines = Object.entries(sizes).map(([name, value]) => `#ifdef ${name}\n#undef ${name}\n#define ${name} ${value}\n#endif\n`);
  const dropped = darwinLacks.map((name) => `#undef ${name}\n`).join("");
  return `#pragma once
#include ${JSON.stringify(path)}
#ifndef _WIN32
${lines.join("")}#endif
#ifndef __SIZEOF_INT128__
#undef HAVE_GCC_UINT128_T
#endif
#ifdef PYSPY_AS_DARWIN
${dropped}#endif
`;
}

/** What structs depend on and only Linux has. */
const darwinLacks = ["PY_HAVE_PERF_TRAMPOLINE"];

/** `PREFIX/lib/python3.X/_sysconfigdata_*_TRIPLET.py` of `PREFIX/include/python3.X`; for a foreign target another's. */
function findSysconfigData(include: string, triplet: string): string | undefined {
  const library = join(dirname(dirname(include)), "lib", basename(include));
  if (!existsSync(library)) return undefined;
  const names = readdirSync(library).filter((name) => /^_sysconfigdata.*\.py$/.test(name)).sort();
  const name = names.find((one) => one.endsWith(`_${triplet}.py`)) ?? names[0];
  return name === undefined ? undefined : join(library, name);
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
