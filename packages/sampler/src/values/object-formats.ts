import { isObjectAddress } from "../memory-reader.ts";
import { TypeBits } from "../type-bits.ts";
import { hasBit, isText, type ObjectType } from "./type-kinds.ts";
import { readName } from "./string-text.ts";
import { joinWithin, opaqueText, type TargetObject, type ValueContext, type ValueFormat } from "./value-format.ts";

/** What `repr` of an exception is made of: the class's own name and `args`. */
export const exceptionFormat: ValueFormat = (context, { address, type }, limit) => {
  const args = context.reader.pointer(address + context.layout.exceptionObject.args);
  const text = args === 0 ? "()" : context.nested(args, limit);
  if (!text.startsWith("(")) return `${lastPart(type.name)}(${text})`;
  // "(1,)" of a single argument is written "(1)".
  return `${lastPart(type.name)}${text.endsWith(",)") ? `${text.slice(0, -2)})` : text}`;
};

/** Instances of classes: enumerators, dataclasses and others. */
export const instanceFormat: ValueFormat = (context, object, limit) =>
  enumeratorText(context, object, limit) ?? dataclassText(context, object, limit) ?? plainText(context, object, limit);

/** `<Colour.RED: 1>`. */
function enumeratorText(context: ValueContext, object: TargetObject, limit: number): string | undefined {
  const metaclass = context.types.of(object.type.address);
  if (!metaclass.bases.some(({ name }) => name === "EnumType" || name === "EnumMeta")) return undefined;
  let name: string | undefined;
  let value = 0;
  for (const attribute of context.members.attributes(object)) {
    if (attribute.name === "_value_") value = attribute.value;
    if (attribute.name === "_name_") name = nameAt(context, attribute.value);
  }
  return name === undefined || value === 0 ? undefined : `<${object.type.name}.${name}: ${context.nested(value, limit - name.length)}>`;
}

/** `Point(x=1, y=2)`: the fields of `__dataclass_fields__` that the instance has and that are not `repr=False`. */
function dataclassText(context: ValueContext, object: TargetObject, limit: number): string | undefined {
  const fields = context.members.find(object.type, "__dataclass_fields__");
  if (!isObjectAddress(fields) || !hasBit(context.types.of(fields), TypeBits.dict)) return undefined;
  const values = new Map<string, number>();
  for (const { name, value } of context.members.attributes(object)) values.set(name, value);
  const shown: { readonly name: string; readonly value: number }[] = [];
  for (const { name, value: field } of context.members.items(fields)) {
    const value = values.get(name);
    if (value !== undefined && isShown(context, field)) shown.push({ name, value });
  }
  return `${qualifiedName(context, object.type)}(${attributesText(context, shown, limit)})`;
}

function isShown(context: ValueContext, field: number): boolean {
  for (const { name, value } of context.members.attributes({ address: field, type: context.types.of(field) })) {
    if (name === "repr") return context.nested(value, BOOL_LENGTH) !== "False";
  }
  return true;
}

const BOOL_LENGTH = 16;

/** `<Node at 0x7f: x=1>`; inside of other values without the attributes. */
function plainText(context: ValueContext, object: TargetObject, limit: number): string {
  const head = opaqueText(object);
  if (context.depth > 1 || !object.type.isHeapType) return head;
  const text = attributesText(context, context.members.attributes(object), limit - head.length);
  return text === "" ? head : `${head.slice(0, -1)}: ${text}>`;
}

function attributesText(context: ValueContext, attributes: Iterable<{ name: string; value: number }>, limit: number): string {
  return joinWithin(attributes, limit, ({ name, value }, remaining) => `${name}=${context.nested(value, remaining - name.length)}`);
}

/** `__qualname__`. */
export function qualifiedName(context: ValueContext, type: ObjectType): string {
  const { heapTypeObject } = context.layout;
  const qualname = type.isHeapType && heapTypeObject ? context.reader.pointer(type.address + heapTypeObject.qualname) : 0;
  return (isObjectAddress(qualname) ? nameAt(context, qualname) : undefined) ?? lastPart(type.name);
}

/** A text that is a name, or `undefined`. */
export function nameAt({ reader, layout, types }: ValueContext, address: number): string | undefined {
  return isObjectAddress(address) && isText(types.of(address), layout) ? readName(reader, layout, address) : undefined;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
