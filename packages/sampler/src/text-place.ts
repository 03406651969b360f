import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import { hasTypeBit, TypeBits } from "./type-bits.ts";

/** Where the characters of a text are, and how wide each is. */
export interface TextPlace {
  readonly start: number;
  /** In units of `width`: characters, except in 2.7 with its bytes and its UTF-16. */
  readonly length: number;
  readonly width: 1 | 2 | 4;
  /** A `str` of 2.7: bytes of whatever encoding. */
  readonly isBytes: boolean;
}

/** Finds the characters of a `str`, in 2.7 of a `str` or a `unicode`. Throws `TargetError` when it is none. */
export function locateText(reader: MemoryReader, layout: Layout, address: number): TextPlace {
  return layout.traits.strings === "bytes" ? locateOldText(reader, layout, address) : locateUnicode(reader, layout, address);
}

/** A `str` of Python 3 by its head, which is `view`. */
export function unicodePlace(view: DataView, layout: Layout, address: number, dataPointer: () => number): TextPlace {
  const { unicodeObject, traits, pointerSize } = layout;
  const length = pointerAt(view, unicodeObject.length, pointerSize);
  const state = view.getUint32(unicodeObject.state as number, true);
  const bits = traits.unicodeState as NonNullable<Layout["traits"]["unicodeState"]>;
  const width = (state >>> bits.kind) & 7;
  const compact = ((state >>> bits.compact) & 1) === 1;
  const ascii = ((state >>> bits.ascii) & 1) === 1;
  if (length !== 0 && width !== 1 && width !== 2 && width !== 4) throw new TargetError(address, `str object of kind ${width}`);
  const inside = ascii ? unicodeObject.asciiData : unicodeObject.compactData;
  const start = compact || length === 0 ? address + (inside as number) : dataPointer();
  return { start, length, width: (width || 1) as 1 | 2 | 4, isBytes: false };
}

/** Bytes of a `str`'s head. */
export function unicodeHeadSize({ unicodeObject }: Layout): number {
  return Math.max((unicodeObject.state as number) + 4, unicodeObject.length + 8);
}

function locateUnicode(reader: MemoryReader, layout: Layout, address: number): TextPlace {
  const view = reader.view(address, unicodeHeadSize(layout));
  const length = reader.size(address + layout.unicodeObject.length);
  if (length < 0) throw new TargetError(address, `str object of ${length} characters`);
  return unicodePlace(view, layout, address, () => reader.pointer(address + layout.unicodeObject.data));
}

function locateOldText(reader: MemoryReader, layout: Layout, address: number): TextPlace {
  const { bytesObject, unicodeObject } = layout;
  const isBytes = hasTypeBit(reader, layout, address, TypeBits.bytes);
  if (!isBytes && !hasTypeBit(reader, layout, address, TypeBits.unicode)) throw new TargetError(address, "neither str nor unicode");
  const length = reader.size(address + (isBytes ? bytesObject.size : unicodeObject.length));
  if (length < 0) throw new TargetError(address, `text of ${length} characters`);
  if (isBytes) return { start: address + bytesObject.data, length, width: 1, isBytes };
  return { start: reader.pointer(address + unicodeObject.data), length, width: unicodeObject.unitSize === 2 ? 2 : 4, isBytes };
}
