import { findBytes, pointersInto } from "@pyspy/binary";
import type { Layout } from "@pyspy/layouts";
import type { Image } from "./image.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";

const CHUNK = 4 * 1024 * 1024;
const MAX_SCANNED = 256 * 1024 * 1024;
const MAX_CANDIDATES = 64;
const COOKIE = new TextEncoder().encode("xdebugpy");

export interface RuntimeStrategy {
  readonly name: string;
  /** Addresses in the process at which `_PyRuntime` may be, or what was seen instead. */
  readonly find: (image: Image, reader: MemoryReader, layout: Layout | undefined) => readonly number[] | string;
}

/** In the order in which they are tried; a candidate that does not close is passed over. */
export const RUNTIME_STRATEGIES: readonly RuntimeStrategy[] = [
  { name: "symbol _PyRuntime", find: bySymbol },
  { name: "section .PyRuntime", find: bySection },
  { name: "debug-offsets cookie in data", find: byCookie },
  { name: "scan of data", find: byScan },
];

function bySymbol(image: Image): readonly number[] | string {
  const symbol = image.binary.symbols(["_PyRuntime"]).get("_PyRuntime");
  return symbol ? [image.loaded(symbol.address)] : "no such symbol";
}

function bySection(image: Image): readonly number[] | string {
  const section = image.binary.pythonRuntimeSection();
  return section ? [image.loaded(section.address)] : "no such section";
}

/** From 3.13 on `_PyRuntime` starts with `_Py_DebugOffsets`, which starts with a cookie. */
function byCookie(image: Image, reader: MemoryReader): readonly number[] | string {
  const candidates: number[] = [];
  let scanned = 0;
  for (const { address, bytes } of dataOf(image, reader)) {
    scanned += bytes.length;
    for (const at of findBytes(bytes, COOKIE)) candidates.push(address + at);
  }
  return candidates.length > 0 ? candidates : `none in ${scanned} bytes`;
}

/**
 * Looks for a pointer to an interpreter, which is what points to a thread state that points back to it. The first such
 * pointer is `interpreters.head` of the runtime (`interpreters.main` follows it).
 */
function byScan(image: Image, reader: MemoryReader, layout: Layout | undefined): readonly number[] | string {
  if (!layout) return "not tried: no layout without a version";
  const writable = image.process.memoryMaps().filter((map) => map.readable && map.writable);
  const found: number[] = [];
  let looked = 0;
  for (const { address, bytes } of dataOf(image, reader)) {
    const words = [...pointersInto(bytes, layout.pointerSize, writable)].filter(({ value }) => isObjectAddress(value));
    looked += words.length;
    for (const index of interpretersAmong(words.map(({ value }) => value), reader, layout)) {
      found.push(address + (words[index] as { offset: number }).offset - layout.runtimeState.interpretersHead);
      if (found.length === MAX_CANDIDATES) return found;
    }
  }
  return found.length > 0 ? found : `none of ${looked} pointers leads to an interpreter`;
}

/** Indices of the addresses whose `threads.head` has an `interp` that leads back. */
function interpretersAmong(addresses: readonly number[], reader: MemoryReader, layout: Layout): number[] {
  const { interpreterState, threadState } = layout;
  const threads = pointersAt(reader, layout, addresses.map((address) => address + interpreterState.threadsHead));
  const owners = pointersAt(reader, layout, threads.map((thread) => (isObjectAddress(thread) ? thread + threadState.interp : 0)));
  return addresses.flatMap((address, index) => (owners[index] === address ? [index] : []));
}

/** The pointers at many addresses, 0 where there is none, in few reads. */
function pointersAt(reader: MemoryReader, layout: Layout, addresses: readonly number[]): number[] {
  const pointers = Array.from<number>({ length: addresses.length }).fill(0);
  const asked: number[] = [];
  const batch = reader.memory.batch(1024 * 16, 1024);
  const flush = () => {
    reader.memory.readBatch(batch);
    for (const [span, index] of asked.entries()) {
      const whole = batch.lengthRead(span) === layout.pointerSize;
      if (whole) pointers[index] = pointerAt(batch.view, batch.offset(span), layout.pointerSize);
    }
    asked.length = 0;
    batch.clear();
  };
  for (const [index, address] of addresses.entries()) {
    if (!isObjectAddress(address)) continue;
    if (!batch.fits(layout.pointerSize)) flush();
    batch.add(address, layout.pointerSize);
    asked.push(index);
  }
  flush();
  return pointers;
}

/** The image's writable data as it is in the process, in parts. */
function* dataOf(image: Image, reader: MemoryReader): Iterable<{ address: number; bytes: Uint8Array }> {
  let scanned = 0;
  for (const { start, end } of image.binary.dataRanges()) {
    for (let at = start - (start % 8); at < end && scanned < MAX_SCANNED; at += CHUNK) {
      const address = image.loaded(at);
      const bytes = reader.prefix(address, Math.min(CHUNK, end - at));
      scanned += bytes.length;
      if (bytes.length > 0) yield { address, bytes };
    }
  }
}
