import { isUtf8 } from "node:buffer";
import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import type { MemoryReader } from "./memory-reader.ts";
import { locateText, type TextPlace, unicodeHeadSize, unicodePlace } from "./text-place.ts";

/** Longer strings are refused as garbage: no name, path or short value is that long. */
const MAX_CHARACTERS = 65_536;
/** Read at once with the header, so that most strings take one call. */
const FIRST_READ = 256;

/** Reads a `str` object, in 2.7 also a `unicode`. Throws {@link TargetError} when it is not one that can be decoded. */
export function readString(reader: MemoryReader, layout: Layout, address: number): string {
  if (layout.traits.strings === "bytes") return readOldString(reader, layout, address);
  const head = reader.prefix(address, FIRST_READ);
  if (head.length < Math.max(unicodeHeadSize(layout), layout.unicodeObject.asciiData as number)) throw new TargetError(address, "unreadable str object");
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const place = unicodePlace(view, layout, address, () => reader.pointer(address + layout.unicodeObject.data));
  checkLength(place, address);
  const end = place.start - address + place.length * place.width;
  const isInHead = place.start >= address && end <= head.length;
  return decode(isInHead ? head.subarray(place.start - address, end) : reader.bytes(place.start, place.length * place.width), place.width);
}

function readOldString(reader: MemoryReader, layout: Layout, address: number): string {
  const place = locateText(reader, layout, address);
  checkLength(place, address);
  if (place.length === 0) return "";
  const bytes = reader.bytes(place.start, place.length * place.width);
  return place.isBytes ? decodeBytes(bytes) : decode(bytes, place.width);
}

function checkLength({ length }: TextPlace, address: number): void {
  if (length > MAX_CHARACTERS) throw new TargetError(address, `str object of ${length} characters`);
}

/** Names and paths are UTF-8 nearly always; what is not has to be shown somehow. */
function decodeBytes(bytes: Uint8Array): string {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8") : decode(bytes, 1);
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
