import { TargetError } from "../errors.ts";
import { isObjectAddress } from "../memory-reader.ts";
import { nameAt } from "./object-formats.ts";
import { bytesFormat, intFormat, stringFormat } from "./scalar-formats.ts";
import { hexText, joinWithin, opaqueText, type ValueContext, type ValueFormat } from "./value-format.ts";

/* What 2.7 has and Python 3 has not, or writes otherwise. */

/** `str`: in double quotes like the text that it mostly is, bytes that are no ASCII as `repr` has them. */
export const oldStringFormat: ValueFormat = (context, object, limit) => {
  const text = bytesFormat(context, object, limit).slice(2, -1);
  return `"${text.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`;
};

export const oldUnicodeFormat: ValueFormat = (context, object, limit) => `u${stringFormat(context, object, limit)}`;

/** `int`: a C long. */
export const oldIntFormat: ValueFormat = (context, { address }) => String(readCLong(context, address, 0));

export const oldLongFormat: ValueFormat = (context, object, limit) => `${intFormat(context, object, limit)}L`;

export const oldBoolFormat: ValueFormat = (context, { address }) => (readCLong(context, address, 0) === 0n ? "False" : "True");

/** `rangeobject`: start, step and length, C longs; not in a header. */
export const xrangeFormat: ValueFormat = (context, { address }) => {
  const [start, step, length] = [0, 1, 2].map((index) => readCLong(context, address, index)) as [bigint, bigint, bigint];
  const stop = start + length * step;
  if (step !== 1n) return `xrange(${start}, ${stop}, ${step})`;
  return start === 0n ? `xrange(${stop})` : `xrange(${start}, ${stop})`;
};

/** Instance of an old-style class: `<Node at 0x7f: x=1>`; inside of other values without the attributes. */
export const oldInstanceFormat: ValueFormat = (context, object, limit) => {
  const { reader, layout, members } = context;
  const { class: classOffset, dict } = layout.instanceObject as NonNullable<typeof layout.instanceObject>;
  const name = oldClassName(context, reader.pointer(object.address + classOffset));
  const head = name === undefined ? opaqueText(object) : `<${name} at ${hexText(object.address)}>`;
  if (context.depth > 1) return head;
  const attributes = members.items(reader.pointer(object.address + dict));
  const text = joinWithin(attributes, limit - head.length, (attribute, remaining) => `${attribute.name}=${context.nested(attribute.value, remaining - attribute.name.length)}`);
  return text === "" ? head : `${head.slice(0, -1)}: ${text}>`;
};

/** `<class module.Name>`. */
export const oldClassFormat: ValueFormat = (context, object) => {
  const name = oldClassName(context, object.address);
  if (name === undefined) return opaqueText(object);
  const { dict } = context.layout.classObject as NonNullable<typeof context.layout.classObject>;
  for (const item of context.members.items(context.reader.pointer(object.address + dict))) {
    if (item.name === "__module__") return `<class ${nameAt(context, item.value) ?? "?"}.${name}>`;
  }
  return `<class ?.${name}>`;
};

/** `<bound method Name.method of SELF>`, `<unbound method Name.method>`. */
export const instanceMethodFormat: ValueFormat = (context, object, limit) => {
  const { reader, layout, types } = context;
  const { function: functionOffset, self: selfOffset } = layout.methodObject;
  const definition = reader.pointer(object.address + functionOffset);
  if (types.of(definition).staticNames[0] !== "function") return opaqueText(object);
  const name = nameAt(context, reader.pointer(definition + layout.functionObject.qualname));
  const self = reader.pointer(object.address + selfOffset);
  // im_class follows im_self.
  const owner = className(context, reader.pointer(object.address + selfOffset + layout.pointerSize));
  if (name === undefined || owner === undefined) return opaqueText(object);
  return self === 0 ? `<unbound method ${owner}.${name}>` : `<bound method ${owner}.${name} of ${context.nested(self, limit)}>`;
};

function className(context: ValueContext, address: number): string | undefined {
  if (!isObjectAddress(address)) return undefined;
  const kind = context.types.of(address).staticNames[0];
  return kind === "classobj" ? oldClassName(context, address) : context.types.at(address).name;
}

function oldClassName(context: ValueContext, address: number): string | undefined {
  const { classObject } = context.layout;
  return classObject && nameAt(context, context.reader.pointer(address + classObject.name));
}

/** The C long at an index behind an object's head. */
function readCLong({ reader, layout }: ValueContext, address: number, index: number): bigint {
  if (!layout.intObject) throw new TargetError(address, "no int object");
  const { value, width } = layout.intObject;
  const view = reader.view(address + value + index * width, width);
  return width === 4 ? BigInt(view.getInt32(0, true)) : view.getBigInt64(0, true);
}
