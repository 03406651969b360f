import { accessSync, closeSync, constants, fchmodSync, openSync, realpathSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { systemReason, writeAll } from "./write.ts";

/** Characters gathered before each write. */
const BLOCK = 1024 * 1024;
const STDOUT = 1;

/** The place cannot be written to. */
export class OutputError extends Error {
  override readonly name = "OutputError";

  constructor(label: string, cause: unknown) {
    super(`cannot write to ${label}: ${systemReason(cause)}`, { cause });
  }
}

/**
 * Where a profile goes: a file, or standard output for "-". That it can be written shows before anything is recorded
 * for it, and what was there stays until there is something new; a file made for the trial is removed on disposal.
 */
export class Output implements Disposable {
  /** For messages: the name in quotes. */
  readonly label: string;
  readonly #path: string;
  /** It was made here, and holds nothing yet. */
  #isTrial: boolean;

  /** Throws {@link OutputError}. */
  constructor(path: string) {
    this.#path = path;
    this.label = path === "-" ? "standard output" : `'${path}'`;
    try {
      this.#isTrial = path !== "-" && isNew(path);
    } catch (error) {
      throw new OutputError(this.label, error);
    }
  }

  /** Writes chunks of text in place of what is there. Throws {@link OutputError}; what was written before stays. */
  write(chunks: Iterable<string>): void {
    let fd: number | undefined;
    try {
      fd = this.#path === "-" ? STDOUT : openSync(this.#path, "w");
      writeChunks(fd, chunks);
      this.#isTrial = false;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new OutputError(this.label, error);
    } finally {
      if (fd !== undefined && fd !== STDOUT) closeSync(fd);
    }
  }

  /** Whether it is a file, which can be replaced by another. */
  get isFile(): boolean {
    return this.#path !== "-" && (statSync(this.#path, { throwIfNoEntry: false })?.isFile() ?? true);
  }

  /** Puts a file with these chunks in the place of the one that is there, at once: nobody sees half of it. Throws {@link OutputError}. */
  replace(chunks: Iterable<string>): void {
    const { path, mode } = fileAt(this.#path);
    const partial = `${path}.${process.pid}.partial`;
    try {
      writeNew(partial, mode, chunks);
      renameSync(partial, path);
      this.#isTrial = false;
    } catch (error) {
      rmSync(partial, { force: true });
      if (!isSystemError(error)) throw error;
      throw new OutputError(this.label, error);
    }
  }

  /** Whether some of a profile is there, of which the rest could not be written. */
  holdsPart(): boolean {
    return this.#path !== "-" && (statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) > 0;
  }

  /** Removes a file that was made here and does not hold a whole profile. */
  [Symbol.dispose](): void {
    if (!this.#isTrial) return;
    this.#isTrial = false;
    try {
      unlinkSync(this.#path);
    } catch {
      // Somebody else has removed it.
    }
  }

  /** Keeps the part of a profile that could be written. */
  keep(): void {
    this.#isTrial = false;
  }
}

/** Makes the file if there is none. A pipe or a device is not opened: its reader would take that for the profile. */
function isNew(path: string): boolean {
  try {
    writeFileSync(path, "", { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const known = statSync(path, { throwIfNoEntry: false });
  if (known === undefined || known.isFile() || known.isDirectory()) closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT));
  else accessSync(path, constants.W_OK);
  return false;
}

/** Behind links, with its rights; of a file that somebody has removed, what it would be. */
function fileAt(path: string): { readonly path: string; readonly mode?: number } {
  try {
    const real = realpathSync(path);
    return { path: real, mode: statSync(real).mode & 0o777 };
  } catch {
    return { path };
  }
}

function writeNew(path: string, mode: number | undefined, chunks: Iterable<string>): void {
  const fd = openSync(path, "wx");
  try {
    if (mode !== undefined) fchmodSync(fd, mode);
    writeChunks(fd, chunks);
  } finally {
    closeSync(fd);
  }
}

function writeChunks(fd: number, chunks: Iterable<string>): void {
  let block = "";
  for (const chunk of chunks) {
    block += chunk;
    if (block.length < BLOCK) continue;
    writeAll(fd, block);
    block = "";
  }
  writeAll(fd, block);
}

function isSystemError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).errno !== undefined;
}
