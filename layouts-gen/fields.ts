/**
 * One number that a table holds: which C struct and member it stands for. A name may have several rows, whose ranges
 * must not meet.
 */
export interface Field {
  /** `group.member` of `Layout` in `@pyspy/layouts`. */
  readonly name: `${string}.${string}`;
  /** C type, as the headers or the debug information name it. */
  readonly type: string;
  /** C member expression; without one the number is `sizeof(type)`. */
  readonly member?: string;
  /** A constant of C instead of an offset or size; `type` then only says what it belongs to. */
  readonly constant?: string;
  /** First and last version that has it so: minor versions of CPython 3, and 2 for 2.7. */
  readonly since?: number;
  readonly until?: number;
  /** Only in builds with `Py_GIL_DISABLED`. */
  readonly freeThreaded?: true;
}

export const fields: readonly Field[] = [
  // Up to 3.6 the head of the list is a variable of its own, `interp_head`, which stands for the runtime.
  { name: "runtimeState.interpretersHead", type: "PyInterpreterState *", constant: "0", until: 6 },
  { name: "runtimeState.interpretersHead", type: "_PyRuntimeState", member: "interpreters.head", since: 7 },
  { name: "runtimeState.gilLastHolder", type: "_PyRuntimeState", member: "ceval.gil.last_holder", since: 7, until: 11 },
  { name: "runtimeState.gilLocked", type: "_PyRuntimeState", member: "ceval.gil.locked", since: 7, until: 11 },
  { name: "runtimeState.gilSwitchNumber", type: "_PyRuntimeState", member: "ceval.gil.switch_number", since: 7, until: 11 },
  { name: "runtimeState.gcCollecting", type: "_PyRuntimeState", member: "gc.collecting", since: 7, until: 8 },

  { name: "interpreterState.size", type: "PyInterpreterState" },
  { name: "interpreterState.next", type: "PyInterpreterState", member: "next" },
  { name: "interpreterState.id", type: "PyInterpreterState", member: "id", since: 7 },
  { name: "interpreterState.threadsHead", type: "PyInterpreterState", member: "tstate_head", until: 10 },
  { name: "interpreterState.threadsHead", type: "PyInterpreterState", member: "threads.head", since: 11 },
  { name: "interpreterState.threadsMain", type: "PyInterpreterState", member: "threads.main", since: 13 },
  { name: "interpreterState.importsModules", type: "PyInterpreterState", member: "modules", until: 11 },
  { name: "interpreterState.importsModules", type: "PyInterpreterState", member: "imports.modules", since: 12 },
  { name: "interpreterState.cevalGil", type: "PyInterpreterState", member: "ceval.gil", since: 12 },
  { name: "interpreterState.gcCollecting", type: "PyInterpreterState", member: "gc.collecting", since: 9 },
  { name: "interpreterState.codeObjectGeneration", type: "PyInterpreterState", member: "_code_object_generation", since: 14 },

  { name: "gilRuntimeState.lastHolder", type: "struct _gil_runtime_state", member: "last_holder", since: 12 },
  { name: "gilRuntimeState.locked", type: "struct _gil_runtime_state", member: "locked", since: 12 },
  { name: "gilRuntimeState.switchNumber", type: "struct _gil_runtime_state", member: "switch_number", since: 12 },
  { name: "gilRuntimeState.enabled", type: "struct _gil_runtime_state", member: "enabled", since: 13, freeThreaded: true },

  { name: "threadState.size", type: "PyThreadState" },
  { name: "threadState.prev", type: "PyThreadState", member: "prev", since: 4 },
  { name: "threadState.next", type: "PyThreadState", member: "next" },
  { name: "threadState.interp", type: "PyThreadState", member: "interp" },
  { name: "threadState.frame", type: "PyThreadState", member: "frame", until: 10 },
  { name: "threadState.cframe", type: "PyThreadState", member: "cframe", since: 11, until: 12 },
  { name: "threadState.currentFrame", type: "PyThreadState", member: "current_frame", since: 13 },
  { name: "threadState.threadId", type: "PyThreadState", member: "thread_id" },
  { name: "threadState.nativeThreadId", type: "PyThreadState", member: "native_thread_id", since: 11 },
  { name: "threadState.datastackChunk", type: "PyThreadState", member: "datastack_chunk", since: 11 },
  { name: "threadState.datastackTop", type: "PyThreadState", member: "datastack_top", since: 11 },
  { name: "threadState.status", type: "PyThreadState", member: "_status", since: 12 },
  { name: "threadState.holdsGil", type: "PyThreadState", member: "holds_gil", since: 14 },

  { name: "cframe.currentFrame", type: "_PyCFrame", member: "current_frame", since: 11, until: 12 },

  { name: "stackChunk.previous", type: "_PyStackChunk", member: "previous", since: 11 },
  { name: "stackChunk.size", type: "_PyStackChunk", member: "size", since: 11 },
  { name: "stackChunk.top", type: "_PyStackChunk", member: "top", since: 11 },
  { name: "stackChunk.data", type: "_PyStackChunk", member: "data", since: 11 },

  { name: "interpreterFrame.size", type: "PyFrameObject", until: 10 },
  { name: "interpreterFrame.previous", type: "PyFrameObject", member: "f_back", until: 10 },
  { name: "interpreterFrame.executable", type: "PyFrameObject", member: "f_code", until: 10 },
  { name: "interpreterFrame.instrPtr", type: "PyFrameObject", member: "f_lasti", until: 10 },
  { name: "interpreterFrame.localsplus", type: "PyFrameObject", member: "f_localsplus", until: 10 },
  { name: "interpreterFrame.state", type: "PyFrameObject", member: "f_executing", since: 4, until: 9 },
  { name: "interpreterFrame.state", type: "PyFrameObject", member: "f_state", since: 10, until: 10 },
  { name: "interpreterFrame.size", type: "_PyInterpreterFrame", since: 11 },
  { name: "interpreterFrame.previous", type: "_PyInterpreterFrame", member: "previous", since: 11 },
  { name: "interpreterFrame.executable", type: "_PyInterpreterFrame", member: "f_code", since: 11, until: 12 },
  { name: "interpreterFrame.executable", type: "_PyInterpreterFrame", member: "f_executable", since: 13 },
  { name: "interpreterFrame.instrPtr", type: "_PyInterpreterFrame", member: "prev_instr", since: 11, until: 12 },
  { name: "interpreterFrame.instrPtr", type: "_PyInterpreterFrame", member: "instr_ptr", since: 13 },
  { name: "interpreterFrame.localsplus", type: "_PyInterpreterFrame", member: "localsplus", since: 11 },
  { name: "interpreterFrame.owner", type: "_PyInterpreterFrame", member: "owner", since: 11 },
  { name: "interpreterFrame.isEntry", type: "_PyInterpreterFrame", member: "is_entry", since: 11, until: 11 },
  { name: "interpreterFrame.stacktop", type: "_PyInterpreterFrame", member: "stacktop", since: 11, until: 13 },
  { name: "interpreterFrame.stackpointer", type: "_PyInterpreterFrame", member: "stackpointer", since: 14 },
  { name: "interpreterFrame.tlbcIndex", type: "_PyInterpreterFrame", member: "tlbc_index", since: 14, freeThreaded: true },

  { name: "codeObject.size", type: "PyCodeObject" },
  { name: "codeObject.filename", type: "PyCodeObject", member: "co_filename" },
  { name: "codeObject.name", type: "PyCodeObject", member: "co_name" },
  { name: "codeObject.qualname", type: "PyCodeObject", member: "co_qualname", since: 11 },
  { name: "codeObject.firstlineno", type: "PyCodeObject", member: "co_firstlineno" },
  { name: "codeObject.linetable", type: "PyCodeObject", member: "co_lnotab", until: 9 },
  { name: "codeObject.linetable", type: "PyCodeObject", member: "co_linetable", since: 10 },
  { name: "codeObject.argcount", type: "PyCodeObject", member: "co_argcount" },
  { name: "codeObject.kwonlyargcount", type: "PyCodeObject", member: "co_kwonlyargcount", since: 3 },
  { name: "codeObject.nlocals", type: "PyCodeObject", member: "co_nlocals" },
  { name: "codeObject.nlocalsplus", type: "PyCodeObject", member: "co_nlocalsplus", since: 11 },
  { name: "codeObject.flags", type: "PyCodeObject", member: "co_flags" },
  { name: "codeObject.stacksize", type: "PyCodeObject", member: "co_stacksize" },
  { name: "codeObject.framesize", type: "PyCodeObject", member: "co_framesize", since: 12 },
  { name: "codeObject.code", type: "PyCodeObject", member: "co_code", until: 10 },
  { name: "codeObject.codeAdaptive", type: "PyCodeObject", member: "co_code_adaptive", since: 11 },
  { name: "codeObject.firsttraceable", type: "PyCodeObject", member: "_co_firsttraceable", since: 11 },
  { name: "codeObject.tlbc", type: "PyCodeObject", member: "co_tlbc", since: 14, freeThreaded: true },
  { name: "codeObject.localsplusnames", type: "PyCodeObject", member: "co_varnames", until: 10 },
  { name: "codeObject.localsplusnames", type: "PyCodeObject", member: "co_localsplusnames", since: 11 },
  { name: "codeObject.localspluskinds", type: "PyCodeObject", member: "co_localspluskinds", since: 11 },
  { name: "codeObject.cellvars", type: "PyCodeObject", member: "co_cellvars", until: 10 },
  { name: "codeObject.freevars", type: "PyCodeObject", member: "co_freevars", until: 10 },

  { name: "object.size", type: "PyObject" },
  { name: "object.type", type: "PyObject", member: "ob_type" },

  { name: "typeObject.size", type: "PyTypeObject" },
  { name: "typeObject.name", type: "PyTypeObject", member: "tp_name" },
  { name: "typeObject.flags", type: "PyTypeObject", member: "tp_flags" },
  { name: "typeObject.basicsize", type: "PyTypeObject", member: "tp_basicsize" },
  { name: "typeObject.dictoffset", type: "PyTypeObject", member: "tp_dictoffset" },
  { name: "typeObject.base", type: "PyTypeObject", member: "tp_base" },
  { name: "typeObject.dict", type: "PyTypeObject", member: "tp_dict" },
  { name: "heapTypeObject.cachedKeys", type: "PyHeapTypeObject", member: "ht_cached_keys", since: 3 },
  { name: "heapTypeObject.qualname", type: "PyHeapTypeObject", member: "ht_qualname", since: 3 },

  { name: "unicodeObject.state", type: "PyASCIIObject", member: "state", since: 3 },
  { name: "unicodeObject.length", type: "PyUnicodeObject", member: "length", until: 2 },
  { name: "unicodeObject.length", type: "PyASCIIObject", member: "length", since: 3 },
  { name: "unicodeObject.asciiData", type: "PyASCIIObject", since: 3 },
  { name: "unicodeObject.compactData", type: "PyCompactUnicodeObject", since: 3 },
  { name: "unicodeObject.data", type: "PyUnicodeObject", member: "str", until: 2 },
  { name: "unicodeObject.data", type: "PyUnicodeObject", member: "data", since: 3 },
  { name: "unicodeObject.unitSize", type: "PyUnicodeObject", constant: "sizeof(Py_UNICODE)", until: 2 },

  { name: "bytesObject.size", type: "PyStringObject", member: "ob_size", until: 2 },
  { name: "bytesObject.size", type: "PyBytesObject", member: "ob_base.ob_size", since: 3 },
  { name: "bytesObject.data", type: "PyStringObject", member: "ob_sval", until: 2 },
  { name: "bytesObject.data", type: "PyBytesObject", member: "ob_sval", since: 3 },
  { name: "intObject.value", type: "PyIntObject", member: "ob_ival", until: 2 },
  { name: "intObject.width", type: "PyIntObject", constant: "sizeof(long)", until: 2 },
  { name: "longObject.size", type: "PyLongObject", member: "ob_size", until: 2 },
  { name: "longObject.size", type: "PyLongObject", member: "ob_base.ob_size", since: 3, until: 11 },
  { name: "longObject.size", type: "PyLongObject", member: "long_value.lv_tag", since: 12 },
  { name: "longObject.digits", type: "PyLongObject", member: "ob_digit", until: 11 },
  { name: "longObject.digits", type: "PyLongObject", member: "long_value.ob_digit", since: 12 },
  { name: "longObject.digitBits", type: "PyLongObject", constant: "PyLong_SHIFT" },
  { name: "floatObject.value", type: "PyFloatObject", member: "ob_fval" },
  { name: "complexObject.value", type: "PyComplexObject", member: "cval" },
  { name: "tupleObject.size", type: "PyTupleObject", member: "ob_size", until: 2 },
  { name: "tupleObject.size", type: "PyTupleObject", member: "ob_base.ob_size", since: 3 },
  { name: "tupleObject.items", type: "PyTupleObject", member: "ob_item" },
  { name: "listObject.size", type: "PyListObject", member: "ob_size", until: 2 },
  { name: "listObject.size", type: "PyListObject", member: "ob_base.ob_size", since: 3 },
  { name: "listObject.items", type: "PyListObject", member: "ob_item" },
  { name: "setObject.used", type: "PySetObject", member: "used" },
  { name: "setObject.mask", type: "PySetObject", member: "mask" },
  { name: "setObject.table", type: "PySetObject", member: "table" },
  { name: "dictObject.used", type: "PyDictObject", member: "ma_used" },
  { name: "dictObject.keys", type: "PyDictObject", member: "ma_keys", since: 3 },
  { name: "dictObject.values", type: "PyDictObject", member: "ma_values", since: 3 },
  { name: "dictObject.mask", type: "PyDictObject", member: "ma_mask", until: 2 },
  { name: "dictObject.table", type: "PyDictObject", member: "ma_table", until: 2 },

  { name: "dictKeys.size", type: "struct _dictkeysobject", member: "dk_size", since: 3, until: 10 },
  { name: "dictKeys.log2Size", type: "struct _dictkeysobject", member: "dk_log2_size", since: 11 },
  { name: "dictKeys.log2IndexBytes", type: "struct _dictkeysobject", member: "dk_log2_index_bytes", since: 11 },
  { name: "dictKeys.kind", type: "struct _dictkeysobject", member: "dk_kind", since: 11 },
  { name: "dictKeys.entryCount", type: "struct _dictkeysobject", member: "dk_nentries", since: 6 },
  { name: "dictKeys.indices", type: "struct _dictkeysobject", member: "dk_indices", since: 6 },
  { name: "dictKeys.entries", type: "struct _dictkeysobject", member: "dk_entries", since: 3, until: 5 },

  { name: "byteArrayObject.size", type: "PyByteArrayObject", member: "ob_size", until: 2 },
  { name: "byteArrayObject.size", type: "PyByteArrayObject", member: "ob_base.ob_size", since: 3 },
  { name: "byteArrayObject.start", type: "PyByteArrayObject", member: "ob_bytes", until: 3 },
  { name: "byteArrayObject.start", type: "PyByteArrayObject", member: "ob_start", since: 4 },
  { name: "sliceObject.start", type: "PySliceObject", member: "start" },
  { name: "sliceObject.stop", type: "PySliceObject", member: "stop" },
  { name: "sliceObject.step", type: "PySliceObject", member: "step" },
  { name: "cellObject.value", type: "PyCellObject", member: "ob_ref" },
  { name: "exceptionObject.args", type: "PyBaseExceptionObject", member: "args" },

  { name: "functionObject.qualname", type: "PyFunctionObject", member: "func_name", until: 2 },
  { name: "functionObject.qualname", type: "PyFunctionObject", member: "func_qualname", since: 3 },
  { name: "methodObject.function", type: "PyMethodObject", member: "im_func" },
  { name: "methodObject.self", type: "PyMethodObject", member: "im_self" },
  { name: "builtinFunctionObject.definition", type: "PyCFunctionObject", member: "m_ml" },
  { name: "builtinFunctionObject.self", type: "PyCFunctionObject", member: "m_self" },
  { name: "memberDescriptor.type", type: "PyMemberDescrObject", member: "d_type", until: 2 },
  { name: "memberDescriptor.type", type: "PyMemberDescrObject", member: "d_common.d_type", since: 3 },
  { name: "memberDescriptor.name", type: "PyMemberDescrObject", member: "d_name", until: 2 },
  { name: "memberDescriptor.name", type: "PyMemberDescrObject", member: "d_common.d_name", since: 3 },
  { name: "memberDescriptor.member", type: "PyMemberDescrObject", member: "d_member" },

  { name: "instanceObject.class", type: "PyInstanceObject", member: "in_class", until: 2 },
  { name: "instanceObject.dict", type: "PyInstanceObject", member: "in_dict", until: 2 },
  { name: "classObject.name", type: "PyClassObject", member: "cl_name", until: 2 },
  { name: "classObject.dict", type: "PyClassObject", member: "cl_dict", until: 2 },

  { name: "moduleObject.dict", type: "PyModuleObject", member: "md_dict" },

  { name: "generatorObject.frame", type: "PyGenObject", member: "gi_frame", until: 10 },
  { name: "generatorObject.iframe", type: "PyGenObject", member: "gi_iframe", since: 11 },
  { name: "generatorObject.frameState", type: "PyGenObject", member: "gi_frame_state", since: 11 },
];

/** Bit fields of `PyASCIIObject.state` whose positions a table holds. */
export const unicodeStateBits = ["kind", "compact", "ascii"] as const;

/** Where a version stands among `since` and `until`: the minor version of CPython 3; 2 for 2.7. */
export function rankOf({ major, minor }: { readonly major: number; readonly minor: number }): number {
  return major === 2 ? 2 : minor;
}

/** Whether the row holds for a version, by its rank, built that way. */
export function applies(field: Field, rank: number, freeThreaded: boolean): boolean {
  return rank >= (field.since ?? 0) && rank <= (field.until ?? Infinity) && (freeThreaded || field.freeThreaded !== true);
}
