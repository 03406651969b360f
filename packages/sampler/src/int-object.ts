import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import type { MemoryReader } from "./memory-reader.ts";

const BITS_PER_DIGIT = 30;
/** Two digits hold 60 bits, all that ids and addresses need. */
const MAX_DIGITS = 2;
/* Low bits of `lv_tag`, CPython's Include/internal/pycore_long.h. */
const SIGN_MASK = 3;
const NEGATIVE = 2;

/** A non-negative `int` object below 2^53. Throws {@link TargetError} for others. */
export function readIndex(reader: MemoryReader, layout: Layout, address: number): number {
  const size = reader.size(address + layout.longObject.size);
  const isTagged = layout.traits.longSize === "tag";
  const digits = isTagged ? Math.floor(size / 8) : size;
  if (digits < 0 || digits > MAX_DIGITS) throw new TargetError(address, `int object of ${digits} digits`);
  if (isTagged && (size & SIGN_MASK) === NEGATIVE) throw new TargetError(address, "negative int object");
  let value = 0;
  for (let index = digits - 1; index >= 0; index--) {
    value = value * 2 ** BITS_PER_DIGIT + reader.u32(address + layout.longObject.digits + index * 4);
  }
  if (value > Number.MAX_SAFE_INTEGER) throw new TargetError(address, "int object of more than 53 bits");
  return value;
}
