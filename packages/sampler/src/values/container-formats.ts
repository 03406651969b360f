import { TargetError } from "../errors.ts";
import { isObjectAddress, pointerAt } from "../memory-reader.ts";
import { TypeBits } from "../type-bits.ts";
import { dictEntries } from "./dict-entries.ts";
import { hasBit, isText } from "./type-kinds.ts";
import { readName } from "./string-text.ts";
import { joinWithin, type TargetObject, type ValueContext, type ValueFormat } from "./value-format.ts";

/** Items read at once. */
const BLOCK = 64;
/** Places of a set's table that are looked at, used or free. */
const MAX_PLACES = 1_000_000;
/** No class has more; a longer `_fields` is none. */
const MAX_FIELDS = 255;

export const listFormat: ValueFormat = (context, { address }, limit) => {
  const { size, items } = context.layout.listObject;
  const count = context.reader.size(address + size);
  const start = count === 0 ? 0 : context.reader.pointer(address + items);
  return `[${itemsText(context, pointers(context, start, count), limit)}]`;
};

export const tupleFormat: ValueFormat = (context, object, limit) => {
  const { size, items } = context.layout.tupleObject;
  const count = context.reader.size(object.address + size);
  const values = pointers(context, object.address + items, count);
  const fields = fieldNames(context, object, count);
  if (fields) return `${object.type.name}(${namedText(context, fields, values, limit)})`;
  const text = itemsText(context, values, limit);
  return count === 1 ? `(${text},)` : `(${text})`;
};

export const dictFormat: ValueFormat = (context, { address }, limit) => {
  const entries = dictEntries(context.reader, context.layout, address);
  const text = joinWithin(entries, limit, ({ key, value }, remaining) => `${context.nested(key, remaining)}: ${context.nested(value, remaining)}`);
  return `{${text}}`;
};

/** `{1, 2}` for a set itself; `name({1, 2})` for a frozenset and classes derived from either; `name()` when empty. In 2.7 `name([1, 2])`. */
export const setFormat: ValueFormat = (context, { address, type }, limit) => {
  const text = itemsText(context, setItems(context, address), limit);
  if (context.layout.traits.strings === "bytes") return `${type.name}([${text}])`;
  if (text === "") return `${type.name}()`;
  return type.name === "set" ? `{${text}}` : `${type.name}({${text}})`;
};

function itemsText(context: ValueContext, items: Iterable<number>, limit: number): string {
  return joinWithin(items, limit, (item, remaining) => context.nested(item, remaining));
}

function* pointers({ reader, layout }: ValueContext, start: number, count: number): Generator<number> {
  if (count < 0) throw new TargetError(start, `sequence of ${count} items`);
  const { pointerSize } = layout;
  for (let first = 0; first < count; first += BLOCK) {
    const size = Math.min(BLOCK, count - first);
    const view = reader.view(start + first * pointerSize, size * pointerSize);
    for (let index = 0; index < size; index++) yield pointerAt(view, index * pointerSize, pointerSize);
  }
}

/** `setentry`: key and hash; a deleted one has the hash -1, which no key has, or up to 3.4 a key made for that. */
function* setItems(context: ValueContext, address: number): Generator<number> {
  const { reader, layout } = context;
  const { used, mask, table } = layout.setObject;
  const { pointerSize } = layout;
  const [keyAt, hashAt] = layout.traits.setEntries === "key-hash" ? [0, 1] : [1, 0];
  const places = Math.min(reader.size(address + mask) + 1, MAX_PLACES);
  const start = reader.pointer(address + table);
  let left = reader.size(address + used);
  for (let first = 0; first < places && left > 0; first += BLOCK) {
    const size = Math.min(BLOCK, places - first);
    const view = reader.view(start + first * 2 * pointerSize, size * 2 * pointerSize);
    for (let index = 0; index < size; index++) {
      const key = pointerAt(view, (index * 2 + keyAt) * pointerSize, pointerSize);
      if (key === 0 || isMinusOne(view, (index * 2 + hashAt) * pointerSize, pointerSize)) continue;
      if (isDummy(context, key)) continue;
      left--;
      yield key;
    }
  }
}

/** A str with that text up to 3.3, an object of a type of its own in 3.4. */
function isDummy({ reader, layout, types }: ValueContext, key: number): boolean {
  const type = types.of(key);
  if (layout.traits.setEntries === "key-hash") return type.staticNames[0] === "<dummy key> type";
  return isText(type, layout) && readName(reader, layout, key) === "<dummy key>";
}

function isMinusOne(view: DataView, offset: number, pointerSize: 4 | 8): boolean {
  return view.getInt32(offset, true) === -1 && (pointerSize === 4 || view.getInt32(offset + 4, true) === -1);
}

/** `_fields` of a named tuple's class: as many names as the tuple has items. */
function fieldNames(context: ValueContext, { type }: TargetObject, count: number): string[] | undefined {
  const { reader, layout, types, members } = context;
  if (!type.isHeapType || count > MAX_FIELDS) return undefined;
  const fields = members.find(type, "_fields");
  if (!isObjectAddress(fields) || !hasBit(types.of(fields), TypeBits.tuple)) return undefined;
  if (reader.size(fields + layout.tupleObject.size) !== count) return undefined;
  const names: string[] = [];
  for (const item of pointers(context, fields + layout.tupleObject.items, count)) {
    const name = isText(types.of(item), layout) ? readName(reader, layout, item) : undefined;
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names;
}

function namedText(context: ValueContext, names: readonly string[], values: Iterable<number>, limit: number): string {
  let index = 0;
  return joinWithin(values, limit, (value, remaining) => `${names[index++]}=${context.nested(value, remaining)}`);
}
