import type { DebugOffsets } from "./debug-offsets.ts";
import type { FieldKind, SchemaField, SchemaGroup } from "./debug-offsets-schema.ts";
import { LayoutError } from "./layout-error.ts";

/** No struct is larger: 3.15's runtime, the largest, has 400 KiB. */
const MAX_LARGE = 1 << 24;
/** The groups whose structs hold whole interpreters; all others are small. */
const largeGroups: ReadonlySet<string> = new Set(["runtime_state", "interpreter_state"]);
const MAX_SMALL = 1 << 16;
/** `struct _gil_runtime_state` holds a few words, a mutex and a condition or two. */
const MAX_GIL = 1024;

/**
 * Whether a group's numbers can be true: sizes within bounds, everything inside its struct, aligned, and no two things
 * in one place. CPython's own reader checks less.
 *
 * @throws LayoutError with the first field that cannot be
 */
export function checkGroup(group: SchemaGroup, offsets: DebugOffsets, pointerSize: number): void {
  const size = sizeOf(group, offsets, pointerSize);
  for (const field of group.fields) checkField(field, valueOf(offsets, field.name), { size, pointerSize, freeThreaded: offsets.freeThreaded });
  checkOverlap(group, offsets, pointerSize);
  if (group.name === "interpreter_state") checkGil(offsets);
  if (group.name === "gc") checkCollector(offsets);
}

/** The number of a field that the schema has. */
export function valueOf(offsets: DebugOffsets, name: string): number {
  const value = offsets.values.get(name);
  if (value === undefined) throw new LayoutError(name, "missing", "a number");
  return value;
}

/** The struct's size; for groups that do not tell it, the most it can be. */
function sizeOf(group: SchemaGroup, offsets: DebugOffsets, pointerSize: number): number {
  const limit = largeGroups.has(group.name) ? MAX_LARGE : MAX_SMALL;
  const field = group.fields.find(({ kind }) => kind === "size");
  if (field === undefined) return MAX_LARGE;
  const size = valueOf(offsets, field.name);
  if (size === 0 || size > limit) throw new LayoutError(field.name, size, `a size from ${pointerSize} to ${limit}`);
  checkAligned(field, size, pointerSize);
  return size;
}

interface Bounds {
  readonly size: number;
  readonly pointerSize: number;
  readonly freeThreaded: boolean;
}

function checkField(field: SchemaField, value: number, { size, pointerSize, freeThreaded }: Bounds): void {
  if (field.freeThreaded && !freeThreaded) {
    if (value !== 0) throw new LayoutError(field.name, value, "0, the build not being free-threaded");
    return;
  }
  if (field.kind === "size") return;
  const last = lastPlace(field.kind, size, pointerSize);
  if (value > last) throw new LayoutError(field.name, value, `at most ${last}`);
  if (field.kind === "inner-size" && value === 0) throw new LayoutError(field.name, value, "a size");
  checkAligned(field, value, alignmentOf(field.kind, pointerSize));
}

function lastPlace(kind: FieldKind, size: number, pointerSize: number): number {
  if (kind === "elsewhere") return MAX_LARGE;
  if (kind === "inner-size") return size;
  return size - (widthOf(kind, pointerSize) ?? pointerSize);
}

function checkAligned(field: SchemaField, value: number, alignment: number): void {
  if (value % alignment !== 0) throw new LayoutError(field.name, value, `a multiple of ${alignment}`);
}

function alignmentOf(kind: FieldKind, pointerSize: number): number {
  if (kind === "elsewhere") return 1;
  // 32-bit x86 aligns 64-bit integers to 4.
  return Math.min(widthOf(kind, pointerSize) ?? pointerSize, pointerSize);
}

/** Bytes that a thing of that kind takes; `undefined` for what is no such thing, or of unknown length. */
function widthOf(kind: FieldKind, pointerSize: number): number | undefined {
  const widths: Partial<Record<FieldKind, number>> = { "pointer": pointerSize, "int": 4, "unit": 2, "byte": 1, "long-long": 8 };
  return widths[kind];
}

function checkOverlap(group: SchemaGroup, offsets: DebugOffsets, pointerSize: number): void {
  const places = group.fields.flatMap((field) => {
    const width = widthOf(field.kind, pointerSize);
    if (width === undefined || (field.freeThreaded && !offsets.freeThreaded)) return [];
    const start = valueOf(offsets, field.name);
    return [{ field, start, end: start + width }];
  }).sort((a, b) => a.start - b.start);
  for (const [index, place] of places.entries()) {
    const before = places[index - 1];
    if (before !== undefined && place.start < before.end) {
      throw new LayoutError(place.field.name, place.start, `a place apart from ${before.field.name} (${before.start} to ${before.end})`);
    }
  }
}

function checkGil(offsets: DebugOffsets): void {
  const gil = valueOf(offsets, "interpreter_state.gil_runtime_state");
  for (const name of ["interpreter_state.gil_runtime_state_locked", "interpreter_state.gil_runtime_state_holder"]) {
    const value = valueOf(offsets, name);
    if (value < gil || value >= gil + MAX_GIL) throw new LayoutError(name, value, `from ${gil}, gil_runtime_state, to ${gil + MAX_GIL}`);
  }
  const enabled = valueOf(offsets, "interpreter_state.gil_runtime_state_enabled");
  if (enabled >= MAX_GIL) throw new LayoutError("interpreter_state.gil_runtime_state_enabled", enabled, `less than ${MAX_GIL}`);
}

function checkCollector(offsets: DebugOffsets): void {
  const gc = valueOf(offsets, "interpreter_state.gc");
  const last = valueOf(offsets, "interpreter_state.size") - valueOf(offsets, "gc.size");
  if (gc > last) throw new LayoutError("interpreter_state.gc", gc, `at most ${last}, so that gc.size bytes fit`);
}
