import { findBytes } from "@pyspy/binary";
import type { Layout } from "@pyspy/layouts";
import type { Image } from "./image.ts";
import { dataOf } from "./image-data.ts";
import type { MemoryReader } from "./memory-reader.ts";
import { scanForRuntime } from "./scan-for-runtime.ts";

const COOKIE = new TextEncoder().encode("xdebugpy");

export interface RuntimeStrategy {
  readonly name: string;
  /** It goes through an image's data, where something else can look like what it looks for. */
  readonly scans: boolean;
  /** It is called with each layout that the image may have; else without one. */
  readonly needsLayout: boolean;
  /** Addresses in the process at which `_PyRuntime` may be, or up to 3.6 `interp_head`, or what was seen instead. */
  readonly find: (image: Image, reader: MemoryReader, layout: Layout | undefined) => readonly number[] | string;
}

/** In the order in which they are tried; a candidate that does not close is passed over. */
export const RUNTIME_STRATEGIES: readonly RuntimeStrategy[] = [
  { name: "symbol _PyRuntime", scans: false, needsLayout: false, find: bySymbol },
  { name: "symbol interp_head", scans: false, needsLayout: false, find: byListHead },
  { name: "section .PyRuntime", scans: false, needsLayout: false, find: bySection },
  { name: "debug-offsets cookie in data", scans: true, needsLayout: false, find: byCookie },
  { name: "scan of data", scans: true, needsLayout: true, find: scanForRuntime },
];

function bySymbol(image: Image): readonly number[] | string {
  const symbol = image.symbol("_PyRuntime");
  return symbol ? [image.loaded(symbol.address)] : "no such symbol";
}

/** Up to 3.6 there is no runtime: the head of the list of interpreters stands for it. Not exported, so not in stripped files. */
function byListHead(image: Image): readonly number[] | string {
  const symbol = image.symbol("interp_head");
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
