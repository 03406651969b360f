import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import type { ByteSource } from "../byte-source.ts";

/** A regular file, open until it is disposed of. */
export class FileSource implements ByteSource, Disposable {
  readonly name: string;
  readonly size: number;
  readonly stats: Stats;
  #fd: number | undefined;

  private constructor(name: string, fd: number, stats: Stats) {
    this.name = name;
    this.size = stats.size;
    this.stats = stats;
    this.#fd = fd;
  }

  /**
   * Opens `path` and calls the file `name`. Undefined when it is no regular file. Throws what node:fs throws.
   * O_NONBLOCK keeps a named pipe from blocking the open.
   */
  static open(path: string, name: string): FileSource | undefined {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (stats.isFile()) return new FileSource(name, fd, stats);
    closeSync(fd);
    return undefined;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.#fd === undefined) throw new TypeError(`${this.name} is closed: its process has been disposed of`);
    const wanted = Math.min(length, this.size - offset);
    if (!(wanted > 0) || offset < 0) return new Uint8Array(0);
    const bytes = new Uint8Array(wanted);
    let done = 0;
    while (done < wanted) {
      const count = readSync(this.#fd, bytes, done, wanted - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done === wanted ? bytes : bytes.slice(0, done);
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
