import type { Layout } from "@pyspy/layouts";
import type { MemoryReader } from "../memory-reader.ts";
import { locateText } from "../text-place.ts";

/** What `str.isprintable` refuses, the space apart. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([[0x5c, "\\\\"], [0x0a, "\\n"], [0x0d, "\\r"], [0x09, "\\t"]]);
const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;

export interface CodePoints {
  /** The first ones, at most as many as were asked for. */
  readonly points: readonly number[];
  /** How many the string has. */
  readonly length: number;
}

/** The beginning of a `str` object, lone surrogates and all. Throws `TargetError` when it is none. */
export function readCodePoints(reader: MemoryReader, layout: Layout, address: number, most: number): CodePoints {
  const { start, length, width } = locateText(reader, layout, address);
  const taken = Math.min(length, most);
  if (taken <= 0) return { points: [], length };
  const view = reader.view(start, taken * width);
  const points: number[] = [];
  for (let index = 0; index < taken; index++) points.push(pointAt(view, index, width));
  if (width !== 2 || layout.traits.strings !== "bytes") return { points, length };
  const whole = withoutPairs(points);
  return { points: whole, length: taken === length ? whole.length : length };
}

/** The `unicode` of 2.7 can be UTF-16, with two units for a character above U+FFFF. */
function withoutPairs(units: readonly number[]): number[] {
  const points: number[] = [];
  for (const unit of units) {
    const before = points.at(-1) ?? 0;
    if (isLowSurrogate(unit) && before >= 0xd800 && before <= 0xdbff) points[points.length - 1] = (before - 0xd800) * 0x400 + unit - 0xdc00 + 0x10000;
    else points.push(unit);
  }
  return points;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** A short `str` object as a string: names. `undefined` when it is longer. */
export function readName(reader: MemoryReader, layout: Layout, address: number): string | undefined {
  const { points, length } = readCodePoints(reader, layout, address, MAX_NAME);
  return length > MAX_NAME ? undefined : points.map(asCharacter).join("");
}

const MAX_NAME = 1024;

/**
 * A `str` as a Python literal in double quotes, escaped as `repr` would; of longer ones the first `limit - 5` characters
 * and `..."`.
 */
export function stringText({ points, length }: CodePoints, limit: number): string {
  const shown = length > limit - 5 ? points.slice(0, limit - 5) : points;
  return `"${shown.map((point) => escapePoint(point, DOUBLE_QUOTE)).join("")}${length > shown.length ? "..." : ""}"`;
}

/** The beginning of a `bytes` of `length` bytes as `repr` has it; of longer ones the first `limit - 5` bytes and `...'`. */
export function bytesText(bytes: Uint8Array, length: number, limit: number): string {
  const shown = length > limit - 5 ? bytes.subarray(0, limit - 5) : bytes;
  const quote = shown.includes(QUOTE) && !shown.includes(DOUBLE_QUOTE) ? DOUBLE_QUOTE : QUOTE;
  let text = "";
  for (const byte of shown) text += byte < 0x7f ? escapePoint(byte, quote) : hex(byte, "x", 2);
  const mark = String.fromCharCode(quote);
  return `b${mark}${text}${length > shown.length ? "..." : ""}${mark}`;
}

function escapePoint(point: number, quote: number): string {
  const short = SHORT_ESCAPES.get(point);
  if (short !== undefined) return short;
  if (point === quote) return `\\${String.fromCharCode(quote)}`;
  if (point >= 0x20 && point < 0x7f) return String.fromCharCode(point);
  if (point > 0x10ffff) return "\\ufffd";
  const character = String.fromCodePoint(point);
  if (!isSurrogate(point) && !UNPRINTABLE.test(character)) return character;
  if (point <= 0xff) return hex(point, "x", 2);
  return point <= 0xffff ? hex(point, "u", 4) : hex(point, "U", 8);
}

function hex(value: number, letter: string, digits: number): string {
  return `\\${letter}${value.toString(16).padStart(digits, "0")}`;
}

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff;
}

function asCharacter(point: number): string {
  return point > 0x10ffff || isSurrogate(point) ? "\ufffd" : String.fromCodePoint(point);
}

function pointAt(view: DataView, index: number, kind: 1 | 2 | 4): number {
  if (kind === 1) return view.getUint8(index);
  return kind === 2 ? view.getUint16(index * 2, true) : view.getUint32(index * 4, true);
}
