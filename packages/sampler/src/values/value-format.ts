import type { Layout } from "@pyspy/layouts";
import type { MemoryReader } from "../memory-reader.ts";
import type { ClassMembers } from "./class-members.ts";
import type { ObjectType, ObjectTypes } from "./type-kinds.ts";

/** Writes values of one kind as text of `limit` characters, or little more. */
export type ValueFormat = (context: ValueContext, object: TargetObject, limit: number) => string;

export interface TargetObject {
  readonly address: number;
  readonly type: ObjectType;
}

/** What a format needs beyond the object. */
export interface ValueContext {
  readonly reader: MemoryReader;
  readonly layout: Layout;
  readonly types: ObjectTypes;
  readonly members: ClassMembers;
  /** 1 for the value of a variable, 2 for an item of that, and so on. */
  readonly depth: number;
  /** The text of a value inside of another; "?" for what cannot be read. */
  nested(address: number, limit: number): string;
}

/** `<typename at 0xADDRESS>`: what there is to say of any object. */
export function opaqueText({ address, type }: TargetObject): string {
  return `<${type.name} at ${hexText(address)}>`;
}

export function hexText(address: number): string {
  return `0x${address.toString(16)}`;
}

/** Below this a value is "...". */
export const SHORTEST = 5;

/** Texts of items, separated by commas, up to where the limit is reached: from there on "...". */
export function joinWithin<T>(items: Iterable<T>, limit: number, textOf: (item: T, remaining: number) => string): string {
  const texts: string[] = [];
  let remaining = limit - 2;
  for (const item of items) {
    const text = textOf(item, remaining);
    remaining -= text.length + 2;
    if (remaining <= SHORTEST) {
      texts.push("...");
      break;
    }
    texts.push(text);
  }
  return texts.join(", ");
}
