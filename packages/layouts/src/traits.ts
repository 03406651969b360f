import type { LayoutVersion, Traits } from "./layout.ts";

/** Traits of CPython 2.7, and below what each later version changed. `unicodeState` is in the tables. */
const cpython27: Omit<Traits, "unicodeState"> = {
  runtime: "variables",
  frames: "frame-objects",
  currentFrame: "frame",
  instruction: "lasti-bytes",
  lineTable: "lnotab-unsigned",
  stackReferences: "plain",
  shimOwner: undefined,
  generatorOwner: undefined,
  frameState: undefined,
  poppedFrames: "kept",
  returnOpcode: undefined,
  frameSize: undefined,
  gil: "current-thread",
  longSize: "ob-size",
  strings: "bytes",
  instanceDict: "dictoffset",
  managedDictOffset: undefined,
  dictKeys: "table",
  setEntries: "hash-key",
  dictValues: "array",
};

/**
 * By the first minor version of CPython 3 that has them. `managedDictOffset` counts pointers here. Sources:
 * Objects/lnotab_notes.txt, Objects/locations.md (line tables), Include/internal/pycore_frame.h and
 * pycore_interpframe_structs.h (frames, owners), pycore_object.h (`MANAGED_DICT_OFFSET`), pycore_dict.h and
 * Objects/dict-common.h (keys, values), cpython/longintrepr.h, Python/ceval_gil.h (GIL), opcode_ids.h.
 */
const changes: ReadonlyMap<number, Partial<Traits>> = new Map<number, Partial<Traits>>([
  [3, { strings: "unicode", dictKeys: "sparse" }],
  [4, { frameState: "executing-flag", setEntries: "key-hash" }],
  [6, { lineTable: "lnotab", dictKeys: "dict-size" }],
  [7, { runtime: "struct", gil: "runtime" }],
  [10, { instruction: "lasti-units", lineTable: "linetable", frameState: "state-enum" }],
  [11, {
    frames: "data-stack",
    frameState: undefined,
    currentFrame: "cframe",
    instruction: "pointer",
    lineTable: "locations",
    generatorOwner: 1,
    frameSize: "locals-and-stack",
    instanceDict: "managed-pointers",
    managedDictOffset: 3,
    dictKeys: "log2-size",
  }],
  [12, {
    shimOwner: 3,
    frameSize: "framesize",
    gil: "interpreter",
    longSize: "tag",
    instanceDict: "managed-tagged",
  }],
  [13, { currentFrame: "current-frame", instanceDict: "inline-values", dictValues: "headed" }],
  [14, { stackReferences: "tagged", poppedFrames: "cleared", returnOpcode: 35 }],
  [15, { returnOpcode: 33 }],
]);

/** Free-threaded builds have no garbage collector's head before the object. */
const FREE_THREADED_MANAGED_DICT = 1;

/** Traits of a version; one later than all known ones has those of the newest. */
export function traitsOf(
  { major, minor }: LayoutVersion,
  { freeThreaded, pointerSize, unicodeState }: { freeThreaded: boolean; pointerSize: number } & Pick<Traits, "unicodeState">,
): Traits {
  const traits: Traits = { ...cpython27, unicodeState };
  if (major === 3) for (const [since, change] of changes) if (since <= minor) Object.assign(traits, change);
  if (traits.managedDictOffset === undefined) return traits;
  const pointers = freeThreaded ? FREE_THREADED_MANAGED_DICT : traits.managedDictOffset;
  return { ...traits, managedDictOffset: pointers * pointerSize };
}
