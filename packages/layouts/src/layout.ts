/**
 * Where one CPython keeps what a reader needs.
 *
 * All numbers are byte offsets from the start of the struct that the group is named after; `size` is the struct's
 * size in bytes, except in `stackChunk`, `dictKeys` and the objects with a length of their own (`bytesObject`,
 * `byteArrayObject`, `longObject`, `tupleObject`, `listObject`), where it is the offset of that member. Names follow `_Py_DebugOffsets`
 * (CPython 3.13, Include/internal/pycore_debug_offsets.h) where it has one. A member that the version does not have is
 * `undefined`.
 */
export interface Layout {
  readonly version: LayoutVersion;
  readonly target: Target;
  readonly freeThreaded: boolean;
  /** Built with `Py_TRACE_REFS`: up to 3.12 every object starts with two pointers more. */
  readonly traceRefs: boolean;
  readonly pointerSize: 4 | 8;
  /** `generated`: from the version's headers. `self-described`: the target's own offsets merged over the table. */
  readonly source: "generated" | "self-described";
  /**
   * Only where a target newer than every table described itself in a form that is not known to the end: the groups that
   * come from the newest table instead, right or not. Check what such offsets lead to.
   */
  readonly assumed?: readonly string[];
  readonly traits: Traits;

  readonly runtimeState: {
    /** Told by 3.13 and later. */
    readonly size?: number;
    /** Up to 3.6, where there is no runtime, 0: take the address of the variable `interp_head` for the runtime's. */
    readonly interpretersHead: number;
    /** `ceval.gil.last_holder`; 3.7 to 3.11, where the runtime has the one GIL. */
    readonly gilLastHolder?: number;
    /** `ceval.gil.locked`; 3.7 to 3.11. */
    readonly gilLocked?: number;
    /** `ceval.gil.switch_number`, as `gilRuntimeState.switchNumber`; 3.7 to 3.11. */
    readonly gilSwitchNumber?: number;
    /** `gc.collecting`; 3.7 and 3.8, then `interpreterState.gcCollecting`. */
    readonly gcCollecting?: number;
  };
  readonly interpreterState: {
    readonly size: number;
    readonly next: number;
    /** 3.7 and later. */
    readonly id?: number;
    readonly threadsHead: number;
    readonly threadsMain?: number;
    /** The `sys.modules` dict. */
    readonly importsModules: number;
    /** Pointer to the GIL that this interpreter uses; 3.12 and later. */
    readonly cevalGil?: number;
    readonly gcCollecting?: number;
    readonly codeObjectGeneration?: number;
  };
  /** `struct _gil_runtime_state`, 3.12 and later. */
  readonly gilRuntimeState?: {
    readonly lastHolder: number;
    readonly locked: number;
    /**
     * An `unsigned long`, one more each time that another thread state than the last holder takes the GIL: 32 bits on
     * Windows and where pointers have 32, else 64. It is little-endian and only compared, so read the low 32 everywhere.
     */
    readonly switchNumber?: number;
    readonly enabled?: number;
  };
  readonly threadState: {
    readonly size: number;
    /** 3.4 and later. */
    readonly prev?: number;
    readonly next: number;
    readonly interp: number;
    /** `frame`; up to 3.10. */
    readonly frame?: number;
    /** Pointer to `_PyCFrame`; 3.11 and 3.12. */
    readonly cframe?: number;
    /** `current_frame`; 3.13 and later. */
    readonly currentFrame?: number;
    /** `pthread_t` of the thread. */
    readonly threadId: number;
    /** Operating system thread id; 3.11 and later. */
    readonly nativeThreadId?: number;
    readonly datastackChunk?: number;
    readonly datastackTop?: number;
    readonly status?: number;
    readonly holdsGil?: number;
  };
  /** `_PyCFrame`; 3.11 and 3.12. */
  readonly cframe?: { readonly currentFrame: number };
  /** `_PyStackChunk`; 3.11 and later. */
  readonly stackChunk?: {
    readonly previous: number;
    readonly size: number;
    readonly top: number;
    readonly data: number;
  };
  /** `PyFrameObject` up to 3.10, `_PyInterpreterFrame` from 3.11. */
  readonly interpreterFrame: {
    readonly size: number;
    /** `f_back` up to 3.10. */
    readonly previous: number;
    /** `f_code` up to 3.12, `f_executable` from 3.13. */
    readonly executable: number;
    /** `f_lasti` up to 3.10, `prev_instr` in 3.11 and 3.12, `instr_ptr` from 3.13; see `traits.instruction`. */
    readonly instrPtr: number;
    readonly localsplus: number;
    readonly owner?: number;
    readonly isEntry?: number;
    /** `stacktop`, an int that counts slots of `localsplus`; 3.11 to 3.13. */
    readonly stacktop?: number;
    /** `stackpointer`, an address; 3.14 and later. */
    readonly stackpointer?: number;
    readonly tlbcIndex?: number;
    /** `f_executing` from 3.4 to 3.9, `f_state` in 3.10; see `traits.frameState`. */
    readonly state?: number;
  };
  readonly codeObject: {
    readonly size: number;
    readonly filename: number;
    readonly name: number;
    readonly qualname?: number;
    readonly firstlineno: number;
    /** `co_lnotab` up to 3.9. */
    readonly linetable: number;
    readonly argcount: number;
    /** Python 3. */
    readonly kwonlyargcount?: number;
    readonly nlocals: number;
    readonly nlocalsplus?: number;
    readonly flags: number;
    readonly stacksize: number;
    /** Words in a frame of this code; 3.12 and later. */
    readonly framesize?: number;
    /** `co_code`, a bytes object; up to 3.10. */
    readonly code?: number;
    /** Where the bytecode starts inside the code object; 3.11 and later. */
    readonly codeAdaptive?: number;
    readonly firsttraceable?: number;
    readonly tlbc?: number;
    /** `co_varnames` up to 3.10. */
    readonly localsplusnames: number;
    readonly localspluskinds?: number;
    readonly cellvars?: number;
    readonly freevars?: number;
  };
  readonly object: { readonly size: number; readonly type: number };
  readonly typeObject: {
    readonly size: number;
    readonly name: number;
    readonly flags: number;
    readonly basicsize: number;
    readonly dictoffset: number;
    readonly base: number;
    /** Null for the static types of 3.12 and later, whose dicts each interpreter keeps. */
    readonly dict: number;
  };
  /** Python 3. */
  readonly heapTypeObject?: { readonly cachedKeys: number; readonly qualname: number };
  /** `str`; in 2.7 `unicode`. */
  readonly unicodeObject: {
    /** Python 3, as are the next two. */
    readonly state?: number;
    readonly length: number;
    /** Where the characters of a compact ASCII string start. */
    readonly asciiData?: number;
    /** Where the characters of a compact string that is not ASCII start. */
    readonly compactData?: number;
    /** Pointer to the characters of a string that is not compact; of every one in 2.7. */
    readonly data: number;
    /** Not an offset: bytes of a `Py_UNICODE`, 2 or 4, a choice of whoever built 2.7. */
    readonly unitSize?: number;
  };
  /** `int` of 2.7: a C long. `width`: not an offset, its bytes. */
  readonly intObject?: { readonly value: number; readonly width: number };
  /** `bytes`; in 2.7 `str`. `size`: `ob_size`, the length. */
  readonly bytesObject: { readonly size: number; readonly data: number };
  /** `size`: `ob_size` up to 3.11, then `lv_tag`; see `traits.longSize`. */
  readonly longObject: {
    readonly size: number;
    readonly digits: number;
    /** Not an offset: 30 or 15 bits a digit, in as many bytes as that takes: 4 or 2. */
    readonly digitBits: number;
  };
  readonly floatObject: { readonly value: number };
  /** `value`: two doubles. */
  readonly complexObject: { readonly value: number };
  /** `size`: `ob_size`. The items lie in the tuple. */
  readonly tupleObject: { readonly size: number; readonly items: number };
  /** `size`: `ob_size`. `items`: a pointer to the items. */
  readonly listObject: { readonly size: number; readonly items: number };
  readonly setObject: { readonly used: number; readonly mask: number; readonly table: number };
  readonly dictObject: {
    readonly used: number;
    /** Python 3, as is the next. */
    readonly keys?: number;
    readonly values?: number;
    /** 2.7, as is the next: {hash, key, value} in `mask` + 1 places. */
    readonly mask?: number;
    readonly table?: number;
  };
  /** Python 3. */
  readonly dictKeys?: {
    /** `dk_size`, a count; up to 3.10. */
    readonly size?: number;
    /** `dk_log2_size`, one byte; 3.11 and later. */
    readonly log2Size?: number;
    readonly log2IndexBytes?: number;
    readonly kind?: number;
    /** 3.6 and later, as is the next. */
    readonly entryCount?: number;
    readonly indices?: number;
    /** Where `size` places for entries start; 3.3 to 3.5. */
    readonly entries?: number;
  };
  /** `size`: `ob_size`. `start`: a pointer to the first byte. */
  readonly byteArrayObject: { readonly size: number; readonly start: number };
  readonly sliceObject: { readonly start: number; readonly stop: number; readonly step: number };
  readonly cellObject: { readonly value: number };
  /** `args`: a tuple. */
  readonly exceptionObject: { readonly args: number };
  /** `func_name` in 2.7. */
  readonly functionObject: { readonly qualname: number };
  readonly methodObject: { readonly function: number; readonly self: number };
  /** `PyCFunctionObject`. `definition`: a pointer to its `PyMethodDef`, which starts with a pointer to its name. */
  readonly builtinFunctionObject: { readonly definition: number; readonly self: number };
  /** `PyMemberDescrObject`; every descriptor has `type` and `name`. `member`: a pointer to its `PyMemberDef`. */
  readonly memberDescriptor: { readonly type: number; readonly name: number; readonly member: number };
  /** Instance of an old-style class, and such a class; 2.7. */
  readonly instanceObject?: { readonly class: number; readonly dict: number };
  readonly classObject?: { readonly name: number; readonly dict: number };
  readonly moduleObject: { readonly dict: number };
  readonly generatorObject: {
    /** `gi_frame`, a pointer; up to 3.10. */
    readonly frame?: number;
    /** `gi_iframe`, the frame itself; 3.11 and later. */
    readonly iframe?: number;
    readonly frameState?: number;
  };
}

/** The part of a layout that is offsets. */
export type Offsets = Omit<Layout, "version" | "target" | "freeThreaded" | "traceRefs" | "pointerSize" | "source" | "assumed" | "traits">;

export interface LayoutVersion {
  readonly major: number;
  readonly minor: number;
}

/** Operating system and architecture that a table holds for, as `process.platform` and `process.arch` name them. */
export type Target = `${"linux" | "darwin" | "win32"}-${"x64" | "arm64" | "arm" | "ia32"}`;

/** What offsets cannot say. Readers switch on these and never compare version numbers. */
export interface Traits {
  /** `variables`: what the runtime struct holds are variables of their own (up to 3.6). `struct`: `_PyRuntime`. */
  readonly runtime: "variables" | "struct";
  /** `frame-objects`: a chain of heap objects (up to 3.10). `data-stack`: frames lie one after the other in chunks. */
  readonly frames: "frame-objects" | "data-stack";
  /** What `threadState` holds: the frame, a `_PyCFrame` that holds it, or (again) the frame. */
  readonly currentFrame: "frame" | "cframe" | "current-frame";
  /**
   * What `interpreterFrame.instrPtr` holds. `lasti-bytes`: int, byte offset (up to 3.9). `lasti-units`: int, code
   * units (3.10). `pointer`: address of a code unit (3.11 and later); the last executed unit in 3.11 and 3.12, the
   * unit being executed from 3.13; the same formula serves both.
   */
  readonly instruction: "lasti-bytes" | "lasti-units" | "pointer";
  /**
   * `lnotab-unsigned`: pairs without signs (up to 3.5). `lnotab`: signed pairs (3.6 to 3.9). `linetable`: 3.10's pairs,
   * -128 for none. `locations`: 3.11 and later.
   */
  readonly lineTable: "lnotab-unsigned" | "lnotab" | "linetable" | "locations";
  /** Frame slots and `executable` carry tag bits in their low two bits (3.14 and later). */
  readonly stackReferences: "plain" | "tagged";
  /** Frames whose `owner` is this or higher are shims without code; `undefined` where there are none. */
  readonly shimOwner: number | undefined;
  /** `owner` of a frame that lies inside a generator; `undefined` where frames have no owner. */
  readonly generatorOwner: number | undefined;
  /** What `interpreterFrame.state`, a byte, holds while the frame runs: 1 (`f_executing`, 3.4 to 3.9) or 0 (`f_state`, 3.10). Others do not tell. */
  readonly frameState: "executing-flag" | "state-enum" | undefined;
  /** Whether a popped frame keeps its code pointer until its place is reused, or has it cleared (3.14 and later). */
  readonly poppedFrames: "kept" | "cleared";
  /** Number of the opcode RETURN_VALUE; `undefined` where a frame's own fields tell whether it runs (up to 3.13). */
  readonly returnOpcode: number | undefined;
  /** How a frame's length in words follows from its code: `framesize`, or nlocalsplus + stacksize + 9 (3.11). */
  readonly frameSize: "framesize" | "locals-and-stack" | undefined;
  /**
   * Where the GIL is: one in the runtime (3.7 to 3.11), or one that each interpreter points to. `current-thread`: what it
   * is made of cannot be seen, but the variable `_PyThreadState_Current` points to its holder (up to 3.6).
   */
  readonly gil: "current-thread" | "runtime" | "interpreter";
  /** `ob-size`: digit count, its sign the sign (up to 3.11). `tag`: count * 8 + flags, low two bits the sign. */
  readonly longSize: "ob-size" | "tag";
  /**
   * What names, docstrings and plain literals are: `unicode`, one type for all text, or the `bytes` of 2.7, with
   * `unicode` as another type and `int` beside `long`.
   */
  readonly strings: "bytes" | "unicode";
  /**
   * Bit positions in `unicodeObject.state` read as a little-endian u32; `undefined` in 2.7. From 32 on they are in the
   * u32 behind it: Windows' free-threaded builds of 3.14 and later.
   */
  readonly unicodeState: { readonly kind: number; readonly compact: number; readonly ascii: number } | undefined;
  /** How an instance finds its attributes; see Objects/object_layout.md of CPython. */
  readonly instanceDict: "dictoffset" | "managed-pointers" | "managed-tagged" | "inline-values";
  /** Bytes before the object at which the managed dict pointer lies; `undefined` with `dictoffset`. */
  readonly managedDictOffset: number | undefined;
  /**
   * `table`: an open table in the dict itself (2.7). `sparse`: such a table in the keys (3.3 to 3.5). `dict-size`: an index
   * of dk_size places, then entries (3.6 to 3.10). `log2-size`: the same with dk_log2_size, and kinds of entries.
   */
  readonly dictKeys: "table" | "sparse" | "dict-size" | "log2-size";
  /** Order of the words in an entry of a set: hash, key up to 3.3, then key, hash. */
  readonly setEntries: "hash-key" | "key-hash";
  /** A plain array of values, or `PyDictValues` with a four-byte head before the values (3.13 and later). */
  readonly dictValues: "array" | "headed";
}
