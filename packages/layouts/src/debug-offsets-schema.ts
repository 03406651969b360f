import type { Offsets } from "./layout.ts";

/**
 * How wide the thing is that an offset leads to, and so how it is aligned: pointers and `Py_ssize_t`, C int and `long`
 * (32 bit on Windows), digits and code units (16 bit at least), bytes, 64-bit integers.
 */
type Width = "pointer" | "int" | "unit" | "byte" | "long-long";

/**
 * What a number of `_Py_DebugOffsets` is. `width`: offset of such a thing in the group's struct. `struct`: offset of a
 * struct in it. `size`: the struct's size. `inner-size`: size of a thing inside it. `elsewhere`: an offset or a count
 * in another struct than the group's. Fields that only free-threaded builds have are 0 in others.
 */
export type FieldKind = Width | "struct" | "size" | "inner-size" | "elsewhere";

export interface SchemaField {
  /** As CPython names it: `thread_state.next`. */
  readonly name: string;
  readonly group: string;
  readonly kind: FieldKind;
  readonly freeThreaded: boolean;
  /** First minor version of CPython 3 that tells it. */
  readonly since: number;
  /** Where the number goes in a layout, as it is. */
  readonly to: readonly [string, string] | undefined;
}

export interface SchemaGroup {
  readonly name: string;
  readonly fields: readonly SchemaField[];
}

/** Versions that have a schema; a later one is tried as the last. */
export const firstDescribedMinor = 13;
export const newestSchemaMinor = 15;

/** `[name, kind, member of the layout's group, options]` */
type Row = readonly [string, FieldKind, (string | undefined)?, { readonly since?: number; readonly freeThreaded?: true }?];

const since14 = { since: 14 };
const since15 = { since: 15 };
const freeThreaded14 = { since: 14, freeThreaded: true } as const;

/**
 * Every u64 of `_Py_DebugOffsets` after cookie, version and free_threaded, in order: group, the layout's group, fields.
 * Versions only ever inserted, so one list with `since` is the schema of each. From the final releases' headers
 * (Include/internal/pycore_runtime.h of 3.13, pycore_debug_offsets.h of 3.14 and 3.15); betas differ.
 */
const rows: readonly (readonly [string, keyof Offsets | "", readonly Row[]])[] = [
  ["runtime_state", "runtimeState", [
    ["size", "size", "size"],
    ["finalizing", "pointer"],
    ["interpreters_head", "pointer", "interpretersHead"],
  ]],
  ["interpreter_state", "interpreterState", [
    ["size", "size", "size"],
    ["id", "long-long", "id"],
    ["next", "pointer", "next"],
    ["threads_head", "pointer", "threadsHead"],
    ["threads_main", "pointer", "threadsMain", since14],
    ["gc", "struct"],
    ["imports_modules", "pointer", "importsModules"],
    ["sysdict", "pointer"],
    ["builtins", "pointer"],
    ["ceval_gil", "pointer", "cevalGil"],
    ["gil_runtime_state", "struct"],
    // Counts from the GIL struct, not from the interpreter, as the next two do.
    ["gil_runtime_state_enabled", "elsewhere", undefined, { freeThreaded: true }],
    ["gil_runtime_state_locked", "int"],
    ["gil_runtime_state_holder", "pointer"],
    ["code_object_generation", "int", "codeObjectGeneration", since14],
    ["tlbc_generation", "int", undefined, freeThreaded14],
  ]],
  ["thread_state", "threadState", [
    ["size", "size", "size"],
    ["prev", "pointer", "prev"],
    ["next", "pointer", "next"],
    ["interp", "pointer", "interp"],
    ["current_frame", "pointer", "currentFrame"],
    ["base_frame", "pointer", undefined, since15],
    ["last_profiled_frame", "pointer", undefined, since15],
    ["last_profiled_frame_seq", "pointer", undefined, since15],
    ["thread_id", "int", "threadId"],
    ["native_thread_id", "int", "nativeThreadId"],
    ["datastack_chunk", "pointer", "datastackChunk"],
    ["status", "int", "status"],
    ["holds_gil", "int", "holdsGil", since15],
    ["gil_requested", "int", undefined, since15],
    ["current_exception", "pointer", undefined, since15],
    ["exc_state", "struct", undefined, since15],
  ]],
  ["err_stackitem", "", [["exc_value", "elsewhere", undefined, since15]]],
  ["interpreter_frame", "interpreterFrame", [
    ["size", "size", "size"],
    ["previous", "pointer", "previous"],
    ["executable", "pointer", "executable"],
    ["instr_ptr", "pointer", "instrPtr"],
    ["localsplus", "pointer", "localsplus"],
    ["owner", "byte", "owner"],
    ["stackpointer", "pointer", "stackpointer", since14],
    ["tlbc_index", "int", "tlbcIndex", freeThreaded14],
  ]],
  ["code_object", "codeObject", [
    ["size", "size", "size"],
    ["filename", "pointer", "filename"],
    ["name", "pointer", "name"],
    ["qualname", "pointer", "qualname"],
    ["linetable", "pointer", "linetable"],
    ["firstlineno", "int", "firstlineno"],
    ["argcount", "int", "argcount"],
    ["localsplusnames", "pointer", "localsplusnames"],
    ["localspluskinds", "pointer", "localspluskinds"],
    ["co_code_adaptive", "unit", "codeAdaptive"],
    ["co_tlbc", "pointer", "tlbc", freeThreaded14],
  ]],
  ["pyobject", "object", [["size", "size", "size"], ["ob_type", "pointer", "type"]]],
  ["type_object", "typeObject", [
    ["size", "size", "size"],
    ["tp_name", "pointer", "name"],
    ["tp_repr", "pointer"],
    ["tp_flags", "int", "flags"],
    ["tp_basicsize", "pointer", "basicsize", since15],
    ["tp_dictoffset", "pointer", "dictoffset", since15],
  ]],
  ["heap_type_object", "heapTypeObject", [
    ["size", "size", undefined, since15],
    ["ht_cached_keys", "pointer", "cachedKeys", since15],
  ]],
  ["tuple_object", "tupleObject", [["size", "size"], ["ob_item", "pointer", "items"], ["ob_size", "pointer", "size"]]],
  ["list_object", "listObject", [["size", "size"], ["ob_item", "pointer", "items"], ["ob_size", "pointer", "size"]]],
  ["set_object", "setObject", [
    ["size", "size", undefined, since14],
    ["used", "pointer", "used", since14],
    ["table", "pointer", "table", since14],
    ["mask", "pointer", "mask", since14],
  ]],
  ["dict_object", "dictObject", [["size", "size"], ["ma_keys", "pointer", "keys"], ["ma_values", "pointer", "values"]]],
  ["float_object", "floatObject", [["size", "size"], ["ob_fval", "long-long", "value"]]],
  ["long_object", "longObject", [["size", "size"], ["lv_tag", "pointer", "size"], ["ob_digit", "unit", "digits"]]],
  ["bytes_object", "bytesObject", [["size", "size"], ["ob_size", "pointer", "size"], ["ob_sval", "byte", "data"]]],
  ["unicode_object", "unicodeObject", [
    ["size", "size"],
    ["state", "int", "state"],
    ["length", "pointer", "length"],
    ["asciiobject_size", "inner-size", "asciiData"],
    ["compactunicodeobject_size", "inner-size", "compactData", since15],
  ]],
  ["gc", "", [
    ["size", "size"],
    ["collecting", "int"],
    ["frame", "pointer", undefined, since15],
    ["generation_stats_size", "elsewhere", undefined, since15],
    ["generation_stats", "pointer", undefined, since15],
  ]],
  ["gen_object", "generatorObject", [
    ["size", "size", undefined, since14],
    ["gi_name", "pointer", undefined, since14],
    ["gi_iframe", "struct", "iframe", since14],
    ["gi_frame_state", "byte", "frameState", since14],
  ]],
  ["llist_node", "", [["next", "elsewhere", undefined, since14], ["prev", "elsewhere", undefined, since14]]],
  ["debugger_support", "", [
    ["eval_breaker", "elsewhere", undefined, since14],
    ["remote_debugger_support", "elsewhere", undefined, since14],
    ["remote_debugging_enabled", "elsewhere", undefined, since14],
    ["debugger_pending_call", "elsewhere", undefined, since14],
    ["debugger_script_path", "elsewhere", undefined, since14],
    ["debugger_script_path_size", "elsewhere", undefined, since14],
  ]],
];

/** The groups of CPython 3.`minor`, of the newest known version for later ones. */
export function schemaOf(minor: number): readonly SchemaGroup[] {
  const groups = rows.map(([name, to, fields]) => ({
    name,
    fields: fields.map((row) => schemaField(name, to, row)).filter((field) => field.since <= minor),
  }));
  return groups.filter((group) => group.fields.length > 0);
}

function schemaField(group: string, to: string, [name, kind, member, options = {}]: Row): SchemaField {
  const { since = firstDescribedMinor, freeThreaded = false } = options;
  return {
    name: `${group}.${name}`,
    group,
    kind,
    freeThreaded,
    since,
    to: member === undefined ? undefined : [to, member],
  };
}
