import { dictFormat, listFormat, setFormat, tupleFormat } from "./container-formats.ts";
import { builtinFunctionFormat, classFormat, descriptorFormat, functionFormat, methodFormat, moduleFormat } from "./definition-formats.ts";
import { numpyFormats } from "./numpy-formats.ts";
import { exceptionFormat, instanceFormat } from "./object-formats.ts";
import { hasBit, type ObjectType, SubclassBits } from "./type-kinds.ts";
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
  [SubclassBits.unicode, stringFormat],
  [SubclassBits.long, intFormat],
  [SubclassBits.tuple, tupleFormat],
  [SubclassBits.list, listFormat],
  [SubclassBits.dict, dictFormat],
  [SubclassBits.bytes, bytesFormat],
  [SubclassBits.exception, exceptionFormat],
  [SubclassBits.type, classFormat],
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

/** How objects of a type are written. */
export function formatOf(type: ObjectType): ValueFormat {
  const own = byName.get(type.staticNames[0] ?? "");
  const builtin = byBit.find(([bit]) => hasBit(type, bit))?.[1];
  // numpy's own string and byte scalars derive from the built-in ones.
  if (builtin) return own === boolFormat ? own : builtin;
  const named = type.staticNames.find((name) => byName.has(name));
  return named === undefined ? instanceFormat : (byName.get(named) as ValueFormat);
}
