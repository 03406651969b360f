import { fields, unicodeStateBits } from "./fields.ts";
import type { Field } from "./fields.ts";

export const PROBE_SECTION = ".pyspy";
/** First word of the section, to know it by. */
export const PROBE_MAGIC = 0x70795f70;
/** What stands for a field that the version does not have. */
export const ABSENT = 0xffffffff;
/**
 * Words before the fields: magic, `PY_VERSION_HEX`, system, architecture, pointer size, free-threaded, trace refs, and
 * where the `PyASCIIObject`s start (0 for Python 2).
 */
export const HEAD_WORDS = 8;
export const systems = ["linux", "darwin", "win32"] as const;
export const architectures = ["x64", "arm64", "arm", "ia32"] as const;

/** Headers that are not part of every version. */
const headers = [
  "frameobject.h",
  "longintrepr.h",
  "internal/pystate.h",
  "internal/pycore_runtime.h",
  "internal/pycore_runtime_structs.h",
  "internal/pycore_pystate.h",
  "internal/pycore_interp.h",
  "internal/pycore_interp_structs.h",
  "internal/pycore_gil.h",
  "internal/pycore_code.h",
  "internal/pycore_frame.h",
  "internal/pycore_interpframe_structs.h",
  "internal/pycore_genobject.h",
  "internal/pycore_dict.h",
  "internal/pycore_moduleobject.h",
];

/**
 * Structs that old versions define in .c files only: `Objects/dictobject.c` and `Objects/dict-common.h` up to 3.10,
 * `Objects/moduleobject.c` up to 3.9. Stated here; the tests compare them with the debug information of real builds.
 */
const stated = `
#if PY_VERSION_HEX >= 0x03060000 && PY_VERSION_HEX < 0x030B0000
struct _dictkeysobject {
    Py_ssize_t dk_refcnt, dk_size;
    void *dk_lookup;
    Py_ssize_t dk_usable, dk_nentries;
    char dk_indices[];
};
#endif
#if PY_VERSION_HEX >= 0x03000000 && PY_VERSION_HEX < 0x03060000
struct _dictkeysobject {
    Py_ssize_t dk_refcnt, dk_size;
    void *dk_lookup;
    Py_ssize_t dk_usable;
    struct { Py_hash_t me_hash; PyObject *me_key, *me_value; } dk_entries[1];
};
#endif
#if PY_VERSION_HEX < 0x030A0000
typedef struct { PyObject_HEAD PyObject *md_dict; } PyModuleObject;
#endif
`;

const platform = `
#if defined(PYSPY_AS_DARWIN)
#define PYSPY_SYSTEM 1
#elif defined(__linux__)
#define PYSPY_SYSTEM 0
#elif defined(__APPLE__)
#define PYSPY_SYSTEM 1
#elif defined(_WIN32)
#define PYSPY_SYSTEM 2
#else
#error "system without a name in Layout's Target"
#endif
#if defined(__x86_64__)
#define PYSPY_ARCHITECTURE 0
#elif defined(__aarch64__)
#define PYSPY_ARCHITECTURE 1
#elif defined(__arm__)
#define PYSPY_ARCHITECTURE 2
#elif defined(__i386__)
#define PYSPY_ARCHITECTURE 3
#else
#error "architecture without a name in Layout's Target"
#endif
#ifdef Py_TRACE_REFS
#define PYSPY_TRACE_REFS 1
#else
#define PYSPY_TRACE_REFS 0
#endif
#ifdef Py_GIL_DISABLED
#define PYSPY_FREE_THREADED 1
#else
#define PYSPY_FREE_THREADED 0
#endif
#ifdef __APPLE__
#define PYSPY_SECTION "__DATA,${PROBE_SECTION}"
#else
#define PYSPY_SECTION "${PROBE_SECTION}"
#endif
`;

/**
 * C source whose object file holds every field's number in a section: u32 words, the head, then one for each row of
 * `fields` in order, then, of Python 3, one `PyASCIIObject` for each of `unicodeStateBits` with that bit field filled
 * with ones. One source serves all versions and targets; it is compiled, never run.
 */
export function probeSource(): string {
  return `#include <Python.h>
#include <stddef.h>
#include <stdint.h>
${headers.map(include).join("")}${stated}${platform}
struct pyspy_probe {
    uint32_t words[${HEAD_WORDS + fields.length}];
#if PY_VERSION_HEX >= 0x03000000
    PyASCIIObject bits[${unicodeStateBits.length}];
#define PYSPY_BITS offsetof(struct pyspy_probe, bits)
#else
#define PYSPY_BITS 0
#endif
};
__attribute__((section(PYSPY_SECTION), used)) struct pyspy_probe pyspy_probe = { {
    ${PROBE_MAGIC}u, PY_VERSION_HEX, PYSPY_SYSTEM, PYSPY_ARCHITECTURE, sizeof(void *), PYSPY_FREE_THREADED, PYSPY_TRACE_REFS, PYSPY_BITS,
${fields.map(word).join("")}},
#if PY_VERSION_HEX >= 0x03000000
{
${unicodeStateBits.map((bit) => `    { .state = { .${bit} = ~0u } },\n`).join("")}}
#endif
};
`;
}

function include(header: string): string {
  return `#if __has_include("${header}")\n#include "${header}"\n#endif\n`;
}

function word(field: Field): string {
  return `#if ${condition(field)}\n    ${number(field)},\n#else\n    ${ABSENT}u,\n#endif\n`;
}

function number({ type, member, constant }: Field): string {
  if (constant !== undefined) return constant;
  return member === undefined ? `sizeof(${type})` : `offsetof(${type}, ${member})`;
}

function condition(field: Field): string {
  const terms: string[] = [];
  if (field.since !== undefined) terms.push(`PY_VERSION_HEX >= ${hex(field.since)}`);
  if (field.until !== undefined) terms.push(`PY_VERSION_HEX < ${hex(field.until + 1)}`);
  if (field.freeThreaded) terms.push("PYSPY_FREE_THREADED");
  return terms.length === 0 ? "1" : terms.join(" && ");
}

/** The lowest `PY_VERSION_HEX` of CPython 3.`minor`, its alphas included; 2 and 3 part Python 2 from 3. */
function hex(minor: number): string {
  return minor <= 3 ? `0x0${minor}000000` : `0x03${minor.toString(16).padStart(2, "0")}0000`;
}
