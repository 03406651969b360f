import type { Traits } from "./layout.ts";

/** Traits of CPython 3.8, and below what each later version changed. `unicodeState` is in the tables. */
const cpython38: Omit<Traits, "unicodeState"> = {
  frames: "frame-objects",
  currentFrame: "frame",
  instruction: "lasti-bytes",
  lineTable: "lnotab",
  stackReferences: "plain",
  shimOwner: undefined,
  generatorOwner: undefined,
  poppedFrames: "kept",
  frameSize: undefined,
  gil: "runtime",
  longSize: "ob-size",
  instanceDict: "dictoffset",
  managedDictOffset: undefined,
  dictKeys: "dict-size",
  dictValues: "array",
};

/**
 * By the first minor version that has them. `managedDictOffset` counts pointers here. Sources: Objects/lnotab_notes.txt,
 * Objects/locations.md (line tables), Include/internal/pycore_frame.h and pycore_interpframe_structs.h (frames, owners),
 * pycore_object.h (`MANAGED_DICT_OFFSET`), pycore_dict.h (keys, values), cpython/longintrepr.h.
 */
const changes: ReadonlyMap<number, Partial<Traits>> = new Map<number, Partial<Traits>>([
  [10, { instruction: "lasti-units", lineTable: "linetable" }],
  [11, {
    frames: "data-stack",
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
  [14, { stackReferences: "tagged", poppedFrames: "cleared" }],
]);

/** Free-threaded builds have no garbage collector's head before the object. */
const FREE_THREADED_MANAGED_DICT = 1;

/** Traits of CPython 3.`minor`; a version later than all known ones has those of the newest. */
export function traitsOf(
  minor: number,
  { freeThreaded, pointerSize, unicodeState }: { freeThreaded: boolean; pointerSize: number } & Pick<Traits, "unicodeState">,
): Traits {
  const traits = { ...cpython38, unicodeState };
  for (const [since, change] of changes) if (since <= minor) Object.assign(traits, change);
  if (traits.managedDictOffset === undefined) return traits;
  const pointers = freeThreaded ? FREE_THREADED_MANAGED_DICT : traits.managedDictOffset;
  return { ...traits, managedDictOffset: pointers * pointerSize };
}
