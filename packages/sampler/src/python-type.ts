import { TargetError } from "./errors.ts";
import type { MemoryReader } from "./memory-reader.ts";

const MAX_C_STRING = 1024;

/** A NUL-terminated string of at most 1 KiB, such as `tp_name`. */
export function readCString(reader: MemoryReader, address: number): string {
  const bytes = reader.prefix(address, MAX_C_STRING);
  const end = bytes.indexOf(0);
  if (end < 0) throw new TargetError(address, `no NUL within ${bytes.length} bytes`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("utf8");
}
