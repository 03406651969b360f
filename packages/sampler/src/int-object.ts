import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import type { MemoryReader } from "./memory-reader.ts";
import { hasTypeBit, TypeBits } from "./type-bits.ts";

/** Ids and addresses need no more. */
const MAX_BITS = 60;
/* Low bits of `lv_tag`, CPython's Include/internal/pycore_long.h. */
const SIGN_MASK = 3;
const NEGATIVE = 2;

/** A non-negative `int` object (2.7: or `long`) below 2^53. Throws {@link TargetError} for others. */
export function readIndex(reader: MemoryReader, layout: Layout, address: number): number {
  if (layout.intObject && hasTypeBit(reader, layout, address, TypeBits.int)) return readLong(reader, address, layout.intObject);
  const size = reader.size(address + layout.longObject.size);
  const isTagged = layout.traits.longSize === "tag";
  const digits = isTagged ? Math.floor(size / 8) : size;
  const { digitBits } = layout.longObject;
  if (digits < 0 || digits * digitBits > MAX_BITS) throw new TargetError(address, `int object of ${digits} digits`);
  if (isTagged && (size & SIGN_MASK) === NEGATIVE) throw new TargetError(address, "negative int object");
  let value = 0;
  for (let index = digits - 1; index >= 0; index--) {
    value = value * 2 ** digitBits + readDigit(reader, layout, address + layout.longObject.digits, index);
  }
  if (value > Number.MAX_SAFE_INTEGER) throw new TargetError(address, "int object of more than 53 bits");
  return value;
}

function readLong(reader: MemoryReader, address: number, { value, width }: NonNullable<Layout["intObject"]>): number {
  const view = reader.view(address + value, width);
  const number = width === 4 ? view.getInt32(0, true) : view.getUint32(0, true) + view.getInt32(4, true) * 2 ** 32;
  if (number < 0 || number > Number.MAX_SAFE_INTEGER) throw new TargetError(address, `int object ${number}`);
  return number;
}

function readDigit(reader: MemoryReader, { longObject }: Layout, digits: number, index: number): number {
  return longObject.digitBits === 30 ? reader.u32(digits + index * 4) : reader.view(digits + index * 2, 2).getUint16(0, true);
}
