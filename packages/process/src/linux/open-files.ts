import type { FileSource } from "./file-source.ts";

/** The files that a process object keeps open, each once: closed together with it. */
export class OpenFiles implements Disposable {
  readonly #files = new Map<string, FileSource>();

  /** The file that is open already when it is the same one, unchanged; else `file` itself. */
  keep(file: FileSource): FileSource {
    const { dev, ino, size, mtimeMs } = file.stats;
    const key = `${file.name}\0${dev}:${ino}:${size}:${mtimeMs}`;
    const known = this.#files.get(key);
    if (known === undefined) {
      this.#files.set(key, file);
      return file;
    }
    if (known !== file) file[Symbol.dispose]();
    return known;
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) file[Symbol.dispose]();
    this.#files.clear();
  }
}
