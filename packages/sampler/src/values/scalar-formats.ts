import type { Layout } from "@pyspy/layouts";
import { TargetError } from "../errors.ts";
import type { MemoryReader } from "../memory-reader.ts";
import { complexText, floatText } from "./number-text.ts";
import { bytesText, readCodePoints, stringText } from "./string-text.ts";
import { hexText, joinWithin, type TargetObject, type ValueContext, type ValueFormat } from "./value-format.ts";

/** Larger ints are told by their size: writing them out in decimal takes too long. */
const MAX_DIGITS = 32_768;

export const intFormat: ValueFormat = ({ reader, layout }, object, limit) => {
  const { negative, digits } = intSize(reader, layout, object.address);
  const { digitBits } = layout.longObject;
  if (digits > MAX_DIGITS) return `<${object.type.name} of ${digits * digitBits} bits at ${hexText(object.address)}>`;
  const value = magnitude(reader, object.address + layout.longObject.digits, digits, digitBits);
  const text = `${negative ? "-" : ""}${value}`;
  return text.length > limit ? `${text.slice(0, limit - 5)}...` : text;
};

export const boolFormat: ValueFormat = ({ reader, layout }, { address }) =>
  intSize(reader, layout, address).digits > 0 && reader.u32(address + layout.longObject.digits) !== 0 ? "True" : "False";

export const floatFormat: ValueFormat = ({ reader, layout }, { address }) =>
  floatText(reader.view(address + layout.floatObject.value, 8).getFloat64(0, true));

export const complexFormat: ValueFormat = ({ reader, layout }, { address }) => {
  const view = reader.view(address + layout.complexObject.value, 16);
  return complexText(view.getFloat64(0, true), view.getFloat64(8, true));
};

export const stringFormat: ValueFormat = ({ reader, layout }, { address }, limit) =>
  stringText(readCodePoints(reader, layout, address, limit), limit);

export const bytesFormat: ValueFormat = ({ reader, layout }, { address }, limit) => {
  const length = lengthAt(reader, address + layout.bytesObject.size);
  return bytesText(bytesAt(reader, address + layout.bytesObject.data, length, limit), length, limit);
};

export const byteArrayFormat: ValueFormat = ({ reader, layout }, { address, type }, limit) => {
  const length = lengthAt(reader, address + layout.byteArrayObject.size);
  const start = length === 0 ? 0 : reader.pointer(address + layout.byteArrayObject.start);
  return `${type.name}(${bytesText(bytesAt(reader, start, length, limit), length, limit)})`;
};

/** `rangeobject`: start, stop and step after the head; not in a header. */
export const rangeFormat: ValueFormat = (context, { address }, limit) => {
  const at = address + context.layout.object.size;
  const part = (index: number) => context.nested(context.reader.pointer(at + index * context.layout.pointerSize), limit);
  const [start, stop, step] = [part(0), part(1), part(2)];
  return `range(${start}, ${stop}${step === "1" ? "" : `, ${step}`})`;
};

export const sliceFormat: ValueFormat = (context, { address }, limit) => {
  const { start, stop, step } = context.layout.sliceObject;
  const parts = [start, stop, step].map((offset) => context.reader.pointer(address + offset));
  return `slice(${joinWithin(parts, limit, (part, remaining) => context.nested(part, remaining))})`;
};

/** A value of which there is only one. */
export function constantFormat(text: string): ValueFormat {
  return (_context: ValueContext, _object: TargetObject) => text;
}

function intSize(reader: MemoryReader, layout: Layout, address: number): { negative: boolean; digits: number } {
  const size = reader.size(address + layout.longObject.size);
  if (layout.traits.longSize === "ob-size") return { negative: size < 0, digits: Math.abs(size) };
  if (size < 0) throw new TargetError(address, `int object of tag ${size}`);
  return { negative: size % 4 === 2, digits: Math.floor(size / 8) };
}

/** Digits of 30 bits take four bytes, those of 15 bits two. */
function magnitude(reader: MemoryReader, start: number, digits: number, digitBits: number): bigint | number {
  if (digits === 0) return 0;
  const width = digitBits > 16 ? 4 : 2;
  const view = reader.view(start, digits * width);
  const digitAt = (index: number) => (width === 4 ? view.getUint32(index * width, true) : view.getUint16(index * width, true));
  if (digits === 1) return digitAt(0);
  let bits = "";
  for (let index = digits - 1; index >= 0; index--) {
    const digit = digitAt(index);
    if (digit >= 2 ** digitBits) throw new TargetError(start + index * width, `int digit ${digit}`);
    bits += digit.toString(2).padStart(digitBits, "0");
  }
  return BigInt(`0b${bits}`);
}

function lengthAt(reader: MemoryReader, address: number): number {
  const length = reader.size(address);
  if (length < 0) throw new TargetError(address, `length ${length}`);
  return length;
}

function bytesAt(reader: MemoryReader, start: number, length: number, most: number): Uint8Array {
  return length === 0 ? new Uint8Array(0) : reader.bytes(start, Math.min(length, most));
}
