import type { ProcessMemory, ReadBatch } from "@pyspy/process";
import type { CodeCache } from "./code-cache.ts";
import { MAX_IDENTITY_SPAN } from "./code-object.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** A frame that stays where it was keeps its code alive; still, addresses are reused, so it is looked at this often. */
const TRUSTED_FOR_MS = 5;
/** New code is looked at more often: what has not lived long may not live long. */
const TRUSTED_SHARE_OF_AGE = 1 / 200;
const MAX_SPANS = 512;

/**
 * Proves that the code objects under the frames just read are still those that the cache knows. Code that was not in the
 * same frame in the last sample is looked at in every sample, all other every 5 ms, or more often while it is new.
 */
export class CodeVerifier {
  readonly #memory: ProcessMemory;
  readonly #codes: CodeCache;
  /** When each code object, by id, was last proved. */
  #provedAt = new Float64Array(1024);
  /** And when for the first time. */
  #firstProvedAt = new Float64Array(1024);
  /** When it was last asked for. */
  #askedAt = new Float64Array(1024);
  readonly #batch: ReadBatch;
  readonly #asked: number[] = [];
  #now = 0;

  constructor(memory: ProcessMemory, codes: CodeCache) {
    this.#memory = memory;
    this.#codes = codes;
    this.#batch = memory.batch(MAX_SPANS * MAX_IDENTITY_SPAN, MAX_SPANS);
  }

  /** Forgets what was proved, since ids are given anew. */
  forget(): void {
    for (const times of [this.#provedAt, this.#firstProvedAt, this.#askedAt]) times.fill(0);
  }

  startSample(): void {
    this.#now = performance.now();
  }

  /**
   * False when a frame's code turned out to be another one: the cache has forgotten it, the stack must be read again.
   */
  verify(slot: ThreadSlot): boolean {
    const { stack } = slot;
    const trusted = this.#now < slot.trustedUntil ? Math.min(stack.sinceVerified, stack.depth) : 0;
    const holds = trusted === stack.depth || this.#verifyFrom(slot, trusted);
    stack.sinceVerified = holds ? stack.depth : 0;
    return holds;
  }

  #verifyFrom(slot: ThreadSlot, trusted: number): boolean {
    const { stack } = slot;
    let holds = true;
    for (let index = trusted; index < stack.depth; index++) {
      const id = stack.codes[index] as number;
      if (this.#provedAt[id] === this.#now || this.#askedAt[id] === this.#now) continue;
      if (this.#asked.length === MAX_SPANS) holds = this.#flush() && holds;
      this.#ask(id);
    }
    holds = this.#flush() && holds;
    let until = trusted === 0 ? Number.POSITIVE_INFINITY : slot.trustedUntil;
    for (let index = trusted; index < stack.depth; index++) until = Math.min(until, this.#trustedUntil(stack.codes[index] as number));
    slot.trustedUntil = until;
    return holds;
  }

  #ask(id: number): void {
    if (id >= this.#provedAt.length) this.#grow(id);
    this.#askedAt[id] = this.#now;
    this.#asked.push(id);
  }

  #flush(): boolean {
    if (this.#asked.length === 0) return true;
    this.#batch.clear();
    for (const id of this.#asked) this.#codes.addToBatch(this.#batch, this.#codes.byId(id));
    this.#memory.readBatch(this.#batch);
    let holds = true;
    for (let span = 0; span < this.#asked.length; span++) {
      const id = this.#asked[span] as number;
      if (this.#codes.verify(this.#batch, span, this.#codes.byId(id))) this.#prove(id);
      else holds = false;
    }
    this.#asked.length = 0;
    return holds;
  }

  #trustedUntil(id: number): number {
    const age = this.#now - (this.#firstProvedAt[id] as number);
    return this.#now + Math.min(TRUSTED_FOR_MS, age * TRUSTED_SHARE_OF_AGE);
  }

  #prove(id: number): void {
    this.#provedAt[id] = this.#now;
    if (this.#firstProvedAt[id] === 0) this.#firstProvedAt[id] = this.#now;
  }

  #grow(id: number): void {
    const length = Math.max(this.#provedAt.length * 2, id + 1);
    this.#provedAt = grown(this.#provedAt, length);
    this.#firstProvedAt = grown(this.#firstProvedAt, length);
    this.#askedAt = grown(this.#askedAt, length);
  }
}

function grown(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}
