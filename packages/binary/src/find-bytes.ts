import { bufferOf } from "./byte-reader.ts";

/** Offset of every occurrence of `needle` in `bytes`, overlapping ones too, ascending; none of an empty needle. */
export function* findBytes(bytes: Uint8Array, needle: Uint8Array): Generator<number> {
  if (needle.length === 0) return;
  const buffer = bufferOf(bytes);
  for (let at = buffer.indexOf(needle); at >= 0; at = buffer.indexOf(needle, at + 1)) yield at;
}
