/** Bytes that are read in parts. `@pyspy/process` gives such sources for mapped files; `fileSource` makes one of a path. */
export interface ByteSource {
  /** Path or other name, for messages. */
  readonly name: string;
  readonly size: number;
  /** Up to `length` bytes from `offset`: fewer at the end of the source, none past it. The result is the caller's. */
  read(offset: number, length: number): Uint8Array;
}
