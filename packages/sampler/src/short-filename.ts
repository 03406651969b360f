import type { Process } from "@pyspy/process";

/**
 * Shortens paths to start at their outermost package: "/usr/lib/python3.11/json/decoder.py" is "json/decoder.py", for
 * json/ has an __init__.py and python3.11/ has none. Looked up in the target's file system, once a directory.
 */
export class ShortFilenames {
  readonly #process: Process;
  readonly #packages = new Map<string, boolean>();

  constructor(process: Process) {
    this.#process = process;
  }

  of(path: string): string {
    const separator = path.includes("\\") ? "\\" : "/";
    const parts = path.split(separator);
    let first = parts.length - 1;
    while (first > 1 && this.#isPackage(parts.slice(0, first).join(separator), separator)) first--;
    return parts.slice(first).join(separator);
  }

  #isPackage(directory: string, separator: string): boolean {
    let known = this.#packages.get(directory);
    if (known === undefined) {
      known = this.#process.fileExists(`${directory}${separator}__init__.py`);
      this.#packages.set(directory, known);
    }
    return known;
  }
}
