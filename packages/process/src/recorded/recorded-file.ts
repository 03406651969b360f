import type { ByteSource } from "../byte-source.ts";
import { ProcessError } from "../errors.ts";
import { copyFromPages, pageSize } from "./pages.ts";
import { lengthWithin } from "./recording-file.ts";
import type { FileContent } from "./recording.ts";

/** The parts of a file that a recording has; reading others throws {@link ProcessError} `file-not-found`. */
export class RecordedFile implements ByteSource {
  readonly #content: FileContent;
  readonly #pid: number;

  constructor(content: FileContent, pid: number) {
    this.#content = content;
    this.#pid = pid;
  }

  get name(): string {
    return this.#content.name;
  }

  get size(): number {
    return this.#content.size;
  }

  read(offset: number, length: number): Uint8Array {
    const { name, size, pages } = this.#content;
    const wanted = lengthWithin(size, offset, length);
    const missing = (): ProcessError =>
      new ProcessError("file-not-found", this.#pid, `the recording lacks bytes ${offset} to ${offset + wanted} of ${name}`);
    if (wanted > pages.size * pageSize) throw missing();
    const bytes = new Uint8Array(wanted);
    if (copyFromPages(pages, offset, bytes) < wanted) throw missing();
    return bytes;
  }
}
