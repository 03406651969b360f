import { firstDescribedMinor, newestSchemaMinor, schemaOf } from "./debug-offsets-schema.ts";
import { LayoutError } from "./layout-error.ts";
import type { LayoutVersion } from "./layout.ts";

/** As many bytes as any `_Py_DebugOffsets` has, with room to grow: read so much from the start of `_PyRuntime`. */
export const DEBUG_OFFSETS_MAX_SIZE = 4096;

const COOKIE = "xdebugpy";
/** Cookie, version, free_threaded. */
const HEAD_SIZE = 24;

export interface DebugOffsetsVersion extends LayoutVersion {
  readonly micro: number;
  readonly freeThreaded: boolean;
}

/**
 * Which Python the bytes at the start of a `_PyRuntime` say it is; `undefined` when they are no `_Py_DebugOffsets`,
 * as is so up to 3.12.
 */
export function debugOffsetsVersion(bytes: Uint8Array): DebugOffsetsVersion | undefined {
  if (bytes.length < HEAD_SIZE || cookieOf(bytes) !== COOKIE) return undefined;
  const view = viewOf(bytes);
  const hex = readU64(view, 8);
  const freeThreaded = readU64(view, 16);
  if (hex > 0xffffffff || freeThreaded > 1) return undefined;
  const [major, minor, micro] = [hex >>> 24, (hex >>> 16) & 0xff, (hex >>> 8) & 0xff];
  if (major !== 3 || minor < firstDescribedMinor) return undefined;
  return { major, minor, micro, freeThreaded: freeThreaded === 1 };
}

/**
 * Size in bytes of the `_Py_DebugOffsets` that starts the bytes, going by its version; of the newest known one for a
 * later version. `undefined` where `debugOffsetsVersion` is.
 */
export function debugOffsetsSize(bytes: Uint8Array): number | undefined {
  const version = debugOffsetsVersion(bytes);
  return version === undefined ? undefined : sizeOf(version.minor);
}

/** What `_Py_DebugOffsets` says, decoded and not yet believed. */
export interface DebugOffsets extends DebugOffsetsVersion {
  /** Whether the schema is the version's own; otherwise it is the newest known one, tried. */
  readonly known: boolean;
  /** Every number by `group.field`. */
  readonly values: ReadonlyMap<string, number>;
}

/** @throws LayoutError when the bytes are too few, or start as no `_Py_DebugOffsets` does */
export function readDebugOffsets(bytes: Uint8Array): DebugOffsets {
  if (bytes.length < HEAD_SIZE) throw new LayoutError("length", bytes.length, `at least ${HEAD_SIZE} bytes`);
  const version = debugOffsetsVersion(bytes) ?? headProblem(bytes);
  const size = sizeOf(version.minor);
  if (bytes.length < size) throw new LayoutError("length", bytes.length, `at least ${size} bytes`);
  const view = viewOf(bytes);
  const fields = schemaOf(version.minor).flatMap((group) => group.fields);
  const values = new Map(fields.map((field, index) => [field.name, readU64(view, HEAD_SIZE + index * 8)]));
  return { ...version, known: version.minor <= newestSchemaMinor, values };
}

function headProblem(bytes: Uint8Array): never {
  const cookie = cookieOf(bytes);
  if (cookie !== COOKIE) throw new LayoutError("cookie", JSON.stringify(cookie), JSON.stringify(COOKIE));
  const view = viewOf(bytes);
  const [hex, freeThreaded] = [readU64(view, 8), readU64(view, 16)];
  if (freeThreaded > 1) throw new LayoutError("free_threaded", freeThreaded, "0 or 1");
  throw new LayoutError("version", `0x${hex.toString(16)}`, `3.${firstDescribedMinor} or later, as in PY_VERSION_HEX`);
}

function sizeOf(minor: number): number {
  return HEAD_SIZE + 8 * schemaOf(minor).reduce((sum, group) => sum + group.fields.length, 0);
}

function cookieOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, COOKIE.length));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Not exact above 2^53; nothing that large is believed. */
function readU64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000;
}
