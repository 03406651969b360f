import type { Layout } from "@pyspy/layouts";
import { TypeBits } from "../type-bits.ts";
import { dictFormat, listFormat, setFormat, tupleFormat } from "./container-formats.ts";
import { builtinFunctionFormat, classFormat, descriptorFormat, functionFormat, methodFormat, moduleFormat } from "./definition-formats.ts";
import { numpyFormats } from "./numpy-formats.ts";
import { exceptionFormat, instanceFormat } from "./object-formats.ts";
import {
  instanceMethodFormat,
  oldBoolFormat,
  oldClassFormat,
  oldInstanceFormat,
  oldIntFormat,
  oldLongFormat,
  oldStringFormat,
  oldUnicodeFormat,
  xrangeFormat,
} from "./python2-formats.ts";
import { hasBit, type ObjectType } from "./type-kinds.ts";
import {
  boolFormat,
  byteArrayFormat,
  bytesFormat,
  complexFormat,
  constantFormat,
  floatFormat,
  intFormat,
  rangeFormat,
  sliceFormat,
  stringFormat,
} from "./scalar-formats.ts";
import type { ValueFormat } from "./value-format.ts";

/** By the bit of `tp_flags` that a type derived from a built-in one has. */
const byBit: readonly (readonly [number, ValueFormat])[] = [
  [TypeBits.unicode, stringFormat],
  [TypeBits.long, intFormat],
  [TypeBits.tuple, tupleFormat],
  [TypeBits.list, listFormat],
  [TypeBits.dict, dictFormat],
  [TypeBits.bytes, bytesFormat],
  [TypeBits.exception, exceptionFormat],
  [TypeBits.type, classFormat],
];

/** By the name of a type made in C, or of the first such base. */
const byName: ReadonlyMap<string, ValueFormat> = new Map<string, ValueFormat>([
  ["bool", boolFormat],
  ["NoneType", constantFormat("None")],
  ["ellipsis", constantFormat("Ellipsis")],
  ["NotImplementedType", constantFormat("NotImplemented")],
  ["float", floatFormat],
  ["complex", complexFormat],
  ["bytearray", byteArrayFormat],
  ["set", setFormat],
  ["frozenset", setFormat],
  ["range", rangeFormat],
  ["slice", sliceFormat],
  ["function", functionFormat],
  ["method", methodFormat],
  ["builtin_function_or_method", builtinFunctionFormat],
  ["method_descriptor", descriptorFormat("method")],
  ["wrapper_descriptor", descriptorFormat("slot wrapper")],
  ["module", moduleFormat],
  ...numpyFormats,
]);

/** The same for what 2.7 has otherwise. */
const byBit27: typeof byBit = [
  [TypeBits.unicode, oldUnicodeFormat],
  [TypeBits.bytes, oldStringFormat],
  [TypeBits.int, oldIntFormat],
  [TypeBits.long, oldLongFormat],
  ...byBit.slice(2),
];
const byName27: typeof byName = new Map([
  ...byName,
  ["bool", oldBoolFormat],
  ["xrange", xrangeFormat],
  ["instance", oldInstanceFormat],
  ["classobj", oldClassFormat],
  ["instancemethod", instanceMethodFormat],
]);

/** How objects of a type are written. */
export function formatOf(type: ObjectType, { traits }: Layout): ValueFormat {
  const [bits, names] = traits.strings === "bytes" ? [byBit27, byName27] : [byBit, byName];
  const builtin = bits.find(([bit]) => hasBit(type, bit))?.[1];
  // numpy's own string and byte scalars derive from the built-in ones.
  if (builtin) return type.staticNames[0] === "bool" ? (names.get("bool") as ValueFormat) : builtin;
  const named = type.staticNames.find((name) => names.has(name));
  return named === undefined ? instanceFormat : (names.get(named) as ValueFormat);
}
