import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";

/** Longer strings are refused as garbage: no name, path or short value is that long. */
const MAX_CHARACTERS = 65_536;
/** Read at once with the header, so that most strings take one call. */
const FIRST_READ = 256;

/** Reads a `str` object. Throws {@link TargetError} when it is not one that can be decoded. */
export function readString(reader: MemoryReader, layout: Layout, address: number): string {
  const { unicodeObject, traits } = layout;
  const head = reader.prefix(address, FIRST_READ);
  const headerSize = Math.max(unicodeObject.state, unicodeObject.length) + 8;
  if (head.length < Math.max(headerSize, unicodeObject.asciiData)) throw new TargetError(address, "unreadable str object");
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const length = pointerAt(view, unicodeObject.length, layout.pointerSize);
  const state = view.getUint32(unicodeObject.state, true);
  const kind = (state >>> traits.unicodeState.kind) & 7;
  const compact = (state >>> traits.unicodeState.compact) & 1;
  const ascii = (state >>> traits.unicodeState.ascii) & 1;
  if (length === 0) return "";
  if (length > MAX_CHARACTERS) throw new TargetError(address, `str object of ${length} characters`);
  if (kind !== 1 && kind !== 2 && kind !== 4) throw new TargetError(address, `str object of kind ${kind}`);
  const offset = ascii ? unicodeObject.asciiData : unicodeObject.compactData;
  if (!compact) return decode(reader.bytes(reader.pointer(address + unicodeObject.data), length * kind), kind);
  const end = offset + length * kind;
  return decode(end <= head.length ? head.subarray(offset, end) : reader.bytes(address + offset, length * kind), kind);
}

function decode(bytes: Uint8Array, kind: 1 | 2 | 4): string {
  if (kind === 1) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let at = 0; at < bytes.length; at += kind) {
    text += kind === 2 ? String.fromCharCode(view.getUint16(at, true)) : codePoint(view.getUint32(at, true));
  }
  // Lone surrogates are legal in a str and not in UTF-8, which every output is written in.
  return text.toWellFormed();
}

function codePoint(value: number): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : "\ufffd";
}
