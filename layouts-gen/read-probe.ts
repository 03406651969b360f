import { readFileSync } from "node:fs";
import { fileSource, openBinary } from "@pyspy/binary";
import { applies, fields, rankOf, unicodeStateBits } from "./fields.ts";
import { ABSENT, architectures, HEAD_WORDS, PROBE_MAGIC, PROBE_SECTION, systems } from "./probe.ts";
import type { Offsets } from "./tables.ts";

/** What one CPython's headers say. */
export interface Probe {
  readonly major: number;
  readonly minor: number;
  /** Of the headers: `3.13.18`, `3.15.0rc1`. */
  readonly source: string;
  readonly target: string;
  readonly freeThreaded: boolean;
  /** `Py_TRACE_REFS`: every object starts with two pointers more. */
  readonly traceRefs: boolean;
  /** Headers of a default build, compiled as if it were free-threaded or had `Py_TRACE_REFS`. */
  readonly forced: boolean;
  readonly pointerSize: number;
  readonly unicodeState: Readonly<Record<string, number>>;
  readonly offsets: Offsets;
}

/** Decodes an object file that was compiled from `probeSource()`. */
export function readProbe(objectFile: string, forced: boolean): Probe {
  const bytes = sectionBytes(objectFile);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [magic = 0, version = 0, system = 0, architecture = 0, pointerSize = 0, freeThreaded = 0, traceRefs = 0, bits = 0] = words(view, 0, HEAD_WORDS);
  if (magic !== PROBE_MAGIC) throw new Error(`${objectFile}: section ${PROBE_SECTION} starts with 0x${magic.toString(16)}`);
  const [major, minor] = [version >>> 24, (version >>> 16) & 0xff];
  const offsets = readOffsets(words(view, HEAD_WORDS * 4, fields.length), rankOf({ major, minor }), freeThreaded === 1);
  return {
    major,
    minor,
    source: versionName(version),
    target: `${systems[system]}-${architectures[architecture]}`,
    freeThreaded: freeThreaded === 1,
    traceRefs: traceRefs === 1,
    forced,
    pointerSize,
    unicodeState: readBits(view, bits, offsets),
    offsets,
  };
}

function sectionBytes(objectFile: string): Uint8Array {
  const bytes = readFileSync(objectFile);
  if (!isElf(bytes)) return coffSection(bytes, objectFile);
  using source = fileSource(objectFile);
  const binary = openBinary(source);
  const section = binary.section(PROBE_SECTION);
  if (section === undefined) throw new Error(`${objectFile}: no section ${PROBE_SECTION}`);
  return binary.sectionBytes(section);
}

function isElf(bytes: Buffer): boolean {
  return bytes.readUInt32BE(0) === 0x7f454c46;
}

/** A compiler for Windows makes plain COFF: a header of 20 bytes, then 40 for each section. */
function coffSection(bytes: Buffer, objectFile: string): Uint8Array {
  for (let at = 20; at < 20 + bytes.readUInt16LE(2) * 40; at += 40) {
    if (bytes.toString("latin1", at, at + 8).replace(/\0+$/, "") !== PROBE_SECTION) continue;
    const start = bytes.readUInt32LE(at + 20);
    return bytes.subarray(start, start + bytes.readUInt32LE(at + 16));
  }
  throw new Error(`${objectFile}: no section ${PROBE_SECTION}`);
}

function words(view: DataView, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => view.getUint32(start + index * 4, true));
}

function readOffsets(values: number[], rank: number, freeThreaded: boolean): Offsets {
  const offsets: Record<string, Record<string, number>> = {};
  for (const [index, field] of fields.entries()) {
    const value = values[index] ?? ABSENT;
    if ((value !== ABSENT) !== applies(field, rank, freeThreaded)) throw new Error(`${field.name}: probe and field list disagree`);
    if (value === ABSENT) continue;
    const [group = "", member = ""] = field.name.split(".");
    const members = (offsets[group] ??= {});
    if (member in members) throw new Error(`${field.name}: two rows hold for one version`);
    members[member] = value;
  }
  return offsets;
}

/** The `PyASCIIObject`s, where there are any; each has ones in one bit field only. The section may be padded behind them. */
function readBits(view: DataView, start: number, offsets: Offsets): Record<string, number> {
  const size = offsets["unicodeObject"]?.["asciiData"];
  if (size === undefined) return {};
  const state = start + (offsets["unicodeObject"]?.["state"] ?? 0);
  return Object.fromEntries(unicodeStateBits.map((bit, index) => [bit, lowestBit(view, state + index * size)]));
}

/** MSVC starts a word of its own where the type of bit fields changes: there they are in the second one. */
function lowestBit(view: DataView, at: number): number {
  const word = [0, 1].find((index) => view.getUint32(at + index * 4, true) !== 0);
  if (word === undefined) throw new Error("a bit field of the probe without ones");
  const ones = view.getUint32(at + word * 4, true);
  return word * 32 + 31 - Math.clz32(ones & -ones);
}

/** `PY_VERSION_HEX` as CPython writes its version. */
function versionName(hex: number): string {
  const level = { 0xa: "a", 0xb: "b", 0xc: "rc" }[(hex >>> 4) & 0xf];
  return `${hex >>> 24}.${(hex >>> 16) & 0xff}.${(hex >>> 8) & 0xff}${level === undefined ? "" : `${level}${hex & 0xf}`}`;
}
