import type { Image } from "./image.ts";

/** Where a file with an interpreter has its runtime, by the file's own addresses. */
export interface KnownImage {
  readonly runtime: number;
  /** How it was found. */
  readonly strategy: string;
}

/** Files are remembered at most. */
const MAX_IMAGES = 256;

/**
 * What attaching has learnt of files, by build id, for processes that run the same ones: subprocesses of a recording.
 * It is a hint: what is found with it has to close like any other candidate.
 */
export class KnownImages {
  readonly #images = new Map<string, KnownImage>();

  get size(): number {
    return this.#images.size;
  }

  find(image: Image): KnownImage | undefined {
    return this.#images.get(image.identity);
  }

  add(image: Image, runtime: number, strategy: string): void {
    if (this.#images.size >= MAX_IMAGES) this.#images.clear();
    this.#images.set(image.identity, { runtime: image.unloaded(runtime), strategy });
  }
}
