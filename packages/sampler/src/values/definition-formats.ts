import { isObjectAddress } from "../memory-reader.ts";
import { readCString } from "../python-type.ts";
import { TypeBits } from "../type-bits.ts";
import { nameAt, qualifiedName } from "./object-formats.ts";
import { hasBit } from "./type-kinds.ts";
import { hexText, opaqueText, type ValueContext, type ValueFormat } from "./value-format.ts";

/* Things that programs define, by the names that `repr` gives them. */

/** `<class 'module.Name'>`; in 2.7 `<type 'int'>` of what is made in C. */
export const classFormat: ValueFormat = (context, { address }) => {
  const type = context.types.at(address);
  if (!type.isHeapType) return `<${context.layout.traits.strings === "bytes" ? "type" : "class"} '${type.name}'>`;
  const module = nameAt(context, context.members.find(type, "__module__"));
  return `<class '${module === undefined || module === "builtins" ? "" : `${module}.`}${qualifiedName(context, type)}'>`;
};

export const functionFormat: ValueFormat = (context, object) => {
  const name = nameAt(context, context.reader.pointer(object.address + context.layout.functionObject.qualname));
  return name === undefined ? opaqueText(object) : `<function ${name} at ${hexText(object.address)}>`;
};

/** `<bound method Name.method of SELF>`. */
export const methodFormat: ValueFormat = (context, object, limit) => {
  const { reader, layout, types } = context;
  const definition = reader.pointer(object.address + layout.methodObject.function);
  if (types.of(definition).staticNames[0] !== "function") return opaqueText(object);
  const name = nameAt(context, reader.pointer(definition + layout.functionObject.qualname));
  const self = context.nested(reader.pointer(object.address + layout.methodObject.self), limit);
  return name === undefined ? opaqueText(object) : `<bound method ${name} of ${self}>`;
};

/** `<built-in function len>`, `<built-in method append of list object at 0x7f>`. */
export const builtinFunctionFormat: ValueFormat = ({ reader, layout, types }, { address }) => {
  const name = readCString(reader, reader.pointer(reader.pointer(address + layout.builtinFunctionObject.definition)));
  const self = reader.pointer(address + layout.builtinFunctionObject.self);
  const owner = self === 0 ? undefined : types.of(self);
  if (!owner || owner.staticNames.includes("module")) return `<built-in function ${name}>`;
  return `<built-in method ${name} of ${owner.name} object at ${hexText(self)}>`;
};

/** `<method 'append' of 'list' objects>`, `<slot wrapper '__init__' of 'object' objects>`. */
export function descriptorFormat(kind: "method" | "slot wrapper"): ValueFormat {
  return (context, object) => {
    const { type, name } = context.layout.memberDescriptor;
    const text = nameAt(context, context.reader.pointer(object.address + name));
    const owner = context.types.at(context.reader.pointer(object.address + type));
    return text === undefined ? opaqueText(object) : `<${kind} '${text}' of '${owner.name}' objects>`;
  };
}

/** `<module 'json' from '/lib/json/__init__.py'>`, `<module 'sys' (built-in)>`. */
export const moduleFormat: ValueFormat = (context, object) => {
  const dict = context.reader.pointer(object.address + context.layout.moduleObject.dict);
  const items = attributesNamed(context.members.items(dict), ["__name__", "__spec__", "__file__"]);
  const name = nameAt(context, items["__name__"] ?? 0);
  if (name === undefined) return opaqueText(object);
  const { origin, isFile } = originOf(context, items["__spec__"] ?? 0);
  const file = origin === undefined ? nameAt(context, items["__file__"] ?? 0) : isFile ? origin : undefined;
  if (file !== undefined) return `<module '${name}' from '${file}'>`;
  const place = items["__spec__"] === undefined ? "built-in" : origin; // up to 3.3 no module has a spec
  return `<module '${name}'${place === undefined ? "" : ` (${place})`}>`;
};

/** `ModuleSpec.origin`, and whether that is where it was loaded from (`has_location`). */
function originOf(context: ValueContext, spec: number): { origin: string | undefined; isFile: boolean } {
  if (spec === 0) return { origin: undefined, isFile: false };
  const attributes = context.members.attributes({ address: spec, type: context.types.of(spec) });
  const { origin = 0, loader = 0, _set_fileattr: location = 0 } = attributesNamed(attributes, ["origin", "loader", "_set_fileattr"]);
  const isFile = location !== 0 && context.nested(location, SHORT) === "True";
  return { origin: nameAt(context, origin) ?? originByLoader(context, loader), isFile };
}

/** Up to 3.9 `sys` has a loader but no origin. */
function originByLoader({ types }: ValueContext, loader: number): string | undefined {
  if (!isObjectAddress(loader) || !hasBit(types.of(loader), TypeBits.type)) return undefined;
  return types.at(loader).name === "BuiltinImporter" ? "built-in" : undefined;
}

const SHORT = 16;

function attributesNamed(attributes: Iterable<{ name: string; value: number }>, names: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  let missing = names.length;
  for (const { name, value } of attributes) {
    if (!names.includes(name)) continue;
    found[name] = value;
    if (--missing === 0) break;
  }
  return found;
}
