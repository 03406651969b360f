import { pointersInto } from "@pyspy/binary";
import type { Layout } from "@pyspy/layouts";
import { MemoryError, type MemoryMap } from "@pyspy/process";
import { TargetError } from "./errors.ts";
import type { Image } from "./image.ts";
import { type DataChunk, dataOf } from "./image-data.ts";
import { isObjectAddress, type MemoryReader, pointerAt } from "./memory-reader.ts";
import { hasTypeBit, TypeBits } from "./type-bits.ts";
import { WordReader } from "./word-reader.ts";

const MAX_CANDIDATES = 256;
/** Where one interpreter is pointed to from. */
const MAX_PLACES = 64;

/**
 * Looks in an image's writable data for a pointer to an interpreter, which is what points to a thread state that points
 * back to it. First for two equal ones in a row, which `interpreters.head` and `main` are in nearly every process (from
 * 3.7 on): those are few.
 */
export function scanForRuntime(image: Image, reader: MemoryReader, layout: Layout | undefined): readonly number[] | string {
  if (!layout) return "not tried: no layout without a version";
  const writable = image.process.memoryMaps().filter((map) => map.readable && map.writable);
  const data = [...dataOf(image, reader)];
  const words = new WordReader(reader, layout.pointerSize, data);
  const twice = pointersIn(data.flatMap((chunk) => repeatedWords(chunk, layout.pointerSize)), layout, writable);
  const main = interpretersAmong([...twice.keys()], words, layout, writable).filter((each) => hasModules(reader, layout, each));
  if (main.length > 0) return runtimesOf(main, twice, layout);

  const places = pointersIn(data, layout, writable);
  const interpreters = interpretersAmong([...places.keys()], words, layout, writable);
  if (interpreters.length === 0) return `none of ${places.size} pointers leads to an interpreter`;
  // In 2.7, a ring of two objects looks like an interpreter otherwise.
  const certain = interpreters.filter((interpreter) => hasModules(reader, layout, interpreter));
  return [...new Set([certain, interpreters].flatMap((some) => runtimesOf(some, places, layout)))].slice(0, MAX_CANDIDATES);
}

/** The words that are followed by an equal one, not 0, each as a chunk of its own. */
function repeatedWords({ address, bytes }: DataChunk, size: 4 | 8): DataChunk[] {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
  const step = size >>> 2;
  const found: DataChunk[] = [];
  for (let index = 0; index + 2 * step <= words.length; index += step) {
    if (words[index] !== words[index + step] || words[index + step - 1] !== words[index + 2 * step - 1]) continue;
    if (words[index] === 0 && words[index + step - 1] === 0) continue;
    found.push({ address: address + index * 4, bytes: bytes.subarray(index * 4, index * 4 + size) });
  }
  return found;
}

/** The runtimes whose `interpreters.head` may be one of the pointers to these. */
function runtimesOf(interpreters: readonly number[], places: ReadonlyMap<number, readonly number[]>, layout: Layout): number[] {
  const heads = headsAmong(interpreters.flatMap((each) => places.get(each) ?? []), layout);
  return heads.map((address) => address - layout.runtimeState.interpretersHead);
}

/** Addresses of pointers to interpreters: first those of two in a row. */
function headsAmong(pointers: readonly number[], { pointerSize }: Layout): number[] {
  const all = new Set(pointers);
  return [...pointers.filter((address) => all.has(address + pointerSize)), ...pointers];
}

function hasModules(reader: MemoryReader, layout: Layout, interpreter: number): boolean {
  try {
    const modules = reader.pointer(interpreter + layout.interpreterState.importsModules);
    return isObjectAddress(modules) && hasTypeBit(reader, layout, modules, TypeBits.dict);
  } catch (error) {
    if (error instanceof MemoryError || error instanceof TargetError) return false;
    throw error;
  }
}

/** Where in the image's data each address of writable memory stands. */
function pointersIn(data: readonly DataChunk[], layout: Layout, writable: readonly MemoryMap[]): Map<number, number[]> {
  const places = new Map<number, number[]>();
  for (const { address, bytes } of data) {
    for (const { offset, value } of pointersInto(bytes, layout.pointerSize, writable)) {
      if (!isObjectAddress(value)) continue;
      const known = places.get(value);
      if (!known) places.set(value, [address + offset]);
      else if (known.length < MAX_PLACES) known.push(address + offset);
    }
  }
  return places;
}

/** Those of the addresses whose `threads.head` has an `interp` that leads back, and that can be in lists. */
function interpretersAmong(addresses: readonly number[], words: WordReader, layout: Layout, writable: readonly MemoryMap[]): number[] {
  const { interpreterState, threadState, pointerSize } = layout;
  const heads = words.at(addresses.map((address) => address + interpreterState.threadsHead));
  const threads = [...pointersInto(heads, pointerSize, writable)].filter(({ value }) => isObjectAddress(value));
  const owners = words.at(threads.map(({ value }) => value + threadState.interp));
  const view = new DataView(owners.buffer);
  const pairs = threads.flatMap(({ offset, value: thread }, index) => {
    const interpreter = addresses[offset / pointerSize] as number;
    return pointerAt(view, index * pointerSize, pointerSize) === interpreter ? [{ interpreter, thread }] : [];
  });
  const isListed = listed(words, pointerSize, writable, [
    pairs.map(({ interpreter }) => interpreter + interpreterState.next),
    pairs.map(({ thread }) => thread + threadState.next),
  ]);
  return pairs.filter((_, index) => isListed[index]).map(({ interpreter }) => interpreter);
}

/** Whether at each of several places there is a pointer to writable memory or null: other rings of two are many. */
function listed(words: WordReader, size: 4 | 8, writable: readonly MemoryMap[], places: readonly (readonly number[])[]): boolean[] {
  const all = places.map((addresses) => {
    const found = words.at(addresses);
    const pointers = new Set([...pointersInto(found, size, writable)].map(({ offset }) => offset / size));
    const view = new DataView(found.buffer);
    return addresses.map((_, index) => pointers.has(index) || pointerAt(view, index * size, size) === 0);
  });
  return (all[0] ?? []).map((_, index) => all.every((each) => each[index]));
}
