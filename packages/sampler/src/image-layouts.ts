import { BinaryError } from "@pyspy/binary";
import { type Layout, layoutFor, type Target } from "@pyspy/layouts";
import type { Image } from "./image.ts";
import type { PythonVersion } from "./python-version.ts";

/** Exported by every CPython; then symbols say how it was built. */
const ALWAYS = "Py_IsInitialized";
/** Only there with `Py_TRACE_REFS`. */
const TRACE_REFS = "_Py_AddToAllObjects";
/** Header macros of 2.7 put the width of a `Py_UNICODE` into the names of functions. */
const NARROW = "PyUnicodeUCS2_FromUnicode";
const WIDE = "PyUnicodeUCS4_FromUnicode";
/** Up to 3.6: the thread state that holds the GIL, null while none does. */
const CURRENT_THREAD = "_PyThreadState_Current";

/**
 * The layouts that the interpreter in an image may have, by its version and by what its symbols say of how it was built;
 * without symbols more than one.
 */
export function layoutsIn(image: Image, { major, minor, micro }: PythonVersion, target: Target): Layout[] {
  const symbols = symbolsIn(image, major === 2 ? [ALWAYS, TRACE_REFS, NARROW, WIDE] : [ALWAYS, TRACE_REFS]);
  const has = (name: string): boolean => symbols.get(name) !== undefined;
  const builds = has(ALWAYS) || has(TRACE_REFS) ? [has(TRACE_REFS)] : [false, true];
  const unitSize = has(NARROW) ? 2 : has(WIDE) ? 4 : undefined;
  return builds.flatMap((traceRefs) => {
    const layout = layoutFor({ major, minor, ...(micro < 0 ? {} : { micro }) }, { target, traceRefs });
    return layout === undefined ? [] : [withUnitSize(layout, unitSize)];
  });
}

/** None of a file that can be read in part only, as those of recordings: what they tell is not needed to go on. */
function symbolsIn(image: Image, names: readonly string[]): ReturnType<Image["symbols"]> {
  try {
    return image.symbols(names);
  } catch (error) {
    if (error instanceof BinaryError) return new Map();
    throw error;
  }
}

function withUnitSize(layout: Layout, unitSize: 2 | 4 | undefined): Layout {
  if (layout.unicodeObject.unitSize === undefined || unitSize === undefined) return layout;
  return { ...layout, unicodeObject: { ...layout.unicodeObject, unitSize } };
}

/**
 * Where there is no runtime (up to 3.6), the layout with the place of the variable that tells the GIL's holder, counted from
 * the one that stands for the runtime.
 */
export function withVariables(layout: Layout, image: Image, runtime: number): Layout {
  if (layout.traits.runtime !== "variables") return layout;
  const symbol = symbolsIn(image, [CURRENT_THREAD]).get(CURRENT_THREAD);
  if (!symbol) return layout;
  return { ...layout, runtimeState: { ...layout.runtimeState, gilLastHolder: image.loaded(symbol.address) - runtime } };
}
