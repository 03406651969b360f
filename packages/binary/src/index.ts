export type { AddressRange, Architecture, Binary, BinarySymbol, Section, Segment } from "./binary.ts";
export { BinaryError, type BinaryErrorCode } from "./binary-error.ts";
export type { ByteSource } from "./byte-source.ts";
export { bytesSource } from "./bytes-source.ts";
export { fileSource, type FileSource } from "./file-source.ts";
export { findBytes } from "./find-bytes.ts";
export { openBinary, type OpenOptions } from "./open-binary.ts";
export { pointersInto, type FoundPointer } from "./pointers-into.ts";
