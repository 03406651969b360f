import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { BinaryError } from "./binary-error.ts";
import type { ByteSource } from "./byte-source.ts";

/** A file held open; it is closed by `close()` or `using`. */
export interface FileSource extends ByteSource, Disposable {
  close(): void;
}

/**
 * Opens a regular file for positional reads.
 * @throws BinaryError `unreadable`: no such file, no permission, not a regular file, read after `close()`
 */
export function fileSource(path: string): FileSource {
  let fd: number | undefined = openFile(path);
  const { size } = statOpenFile(path, fd);
  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  return {
    name: path,
    size,
    read(offset, length) {
      if (fd === undefined) throw new BinaryError("unreadable", path, "was closed", { offset });
      return readFully(path, fd, offset, Math.max(0, Math.min(length, size - offset)));
    },
    close,
    [Symbol.dispose]: close,
  };
}

function openFile(path: string): number {
  try {
    // Without O_NONBLOCK, opening a FIFO that nobody writes to never returns. Windows has no such flag.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw new BinaryError("unreadable", path, "cannot be opened", { cause });
  }
}

function statOpenFile(path: string, fd: number): { size: number } {
  const stat = fstatSync(fd);
  if (stat.isFile()) return stat;
  closeSync(fd);
  throw new BinaryError("unreadable", path, "is not a regular file");
}

function readFully(path: string, fd: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readOnce(path, fd, bytes, done, offset + done);
    if (count === 0) break; // the file shrank since it was opened
    done += count;
  }
  return done === length ? bytes : bytes.subarray(0, done);
}

function readOnce(path: string, fd: number, bytes: Uint8Array, done: number, offset: number): number {
  try {
    return readSync(fd, bytes, done, bytes.length - done, offset);
  } catch (cause) {
    throw new BinaryError("unreadable", path, "cannot be read", { offset, cause });
  }
}
