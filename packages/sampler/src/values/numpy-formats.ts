import { readCString } from "../python-type.ts";
import { asFloat32, complexText, floatText, fromFloat16 } from "./number-text.ts";
import { hexText, opaqueText, type ValueContext, type ValueFormat } from "./value-format.ts";

/** NPY_MAXDIMS of numpy 2. */
const MAX_DIMENSIONS = 64;

type Scalar = readonly [bytes: number, text: (view: DataView) => string];

const BOOL: Scalar = [1, (view) => (view.getUint8(0) === 0 ? "False" : "True")];
const INT64: Scalar = [8, (view) => String(view.getBigInt64(0, true))];
const UINT64: Scalar = [8, (view) => String(view.getBigUint64(0, true))];
const float32 = (view: DataView, offset: number): number => asFloat32(view.getFloat32(offset, true));

const scalars: Readonly<Record<string, Scalar>> = {
  bool: BOOL,
  bool_: BOOL,
  int8: [1, (view) => String(view.getInt8(0))],
  int16: [2, (view) => String(view.getInt16(0, true))],
  int32: [4, (view) => String(view.getInt32(0, true))],
  int64: INT64,
  longlong: INT64,
  uint8: [1, (view) => String(view.getUint8(0))],
  uint16: [2, (view) => String(view.getUint16(0, true))],
  uint32: [4, (view) => String(view.getUint32(0, true))],
  uint64: UINT64,
  ulonglong: UINT64,
  float16: [2, (view) => floatText(asFloat16(view.getUint16(0, true)))],
  float32: [4, (view) => floatText(float32(view, 0))],
  float64: [8, (view) => floatText(view.getFloat64(0, true))],
  complex64: [8, (view) => complexText(float32(view, 0), float32(view, 4))],
  complex128: [16, (view) => complexText(view.getFloat64(0, true), view.getFloat64(8, true))],
};

/** Formats by the names of numpy's types. A scalar's value follows the object's head. */
export const numpyFormats: readonly (readonly [string, ValueFormat])[] = [
  ["numpy.ndarray", arrayFormat],
  ...Object.entries(scalars).map(([name, scalar]) => [`numpy.${name}`, scalarFormat(scalar)] as const),
];

function scalarFormat([bytes, text]: Scalar): ValueFormat {
  return ({ reader, layout }, { address }) => text(reader.view(address + layout.object.size, bytes));
}

/** The shortest decimal that is this number among those of 16 bits. */
function asFloat16(bits: number): number {
  const value = fromFloat16(bits);
  // Half the distance to the next number of 11 significant bits.
  const half = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 11);
  for (let digits = 1; digits < 5; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.abs(rounded - value) < half) return rounded;
  }
  return value;
}

/**
 * `<numpy.ndarray at 0x7f: shape=(3, 4), dtype=float64>`. PyArrayObject_fields after the head: data, nd (int), dimensions,
 * strides, base, descr; PyArray_Descr after its head: the scalars' type.
 */
function arrayFormat(context: ValueContext, object: Parameters<ValueFormat>[1]): string {
  const { reader, layout, types } = context;
  const word = layout.pointerSize;
  const head = object.address + layout.object.size;
  const count = reader.u32(head + word);
  if (count > MAX_DIMENSIONS) return opaqueText(object);
  const dimensions = count === 0 ? 0 : reader.pointer(head + 2 * word);
  const shape = Array.from({ length: count }, (_, index) => reader.size(dimensions + index * word));
  const scalar = types.at(reader.pointer(reader.pointer(head + 5 * word) + layout.object.size));
  const dtype = readCString(reader, reader.pointer(scalar.address + layout.typeObject.name)).replace(/^numpy\./, "");
  const text = count === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  return `<${object.type.name} at ${hexText(object.address)}: shape=${text}, dtype=${dtype}>`;
}
