import type { Layout } from "@pyspy/layouts";
import type { MemoryReader } from "./memory-reader.ts";

/**
 * Bits of `tp_flags` that say which built-in type an object's type derives from (Include/object.h). `bytes` is `str` in
 * 2.7, `int` is there only: other versions use the bit otherwise.
 */
export const TypeBits = { int: 23, long: 24, list: 25, tuple: 26, bytes: 27, unicode: 28, dict: 29, exception: 30, type: 31 } as const;

/** Whether an object's type has a bit. */
export function hasTypeBit(reader: MemoryReader, layout: Layout, object: number, bit: number): boolean {
  const type = reader.pointer(object + layout.object.type);
  return ((reader.u32(type + layout.typeObject.flags) >>> bit) & 1) === 1;
}
