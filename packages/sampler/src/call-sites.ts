/** A call is improbable while its call site was seen to call so much more often, */
const CALLS_OF_SITE = 4;
/** and the caller to call that callee so much more often. */
const CALLS_OF_PAIR = 16;
/** Of this many calls at most one may be improbable: what is more frequent was no accident. */
const CALLS_PER_DOUBT = 100;
const INSTRUCTIONS = 2 ** 24;
const CODES = 2 ** 26;

interface Site {
  calls: number;
  /** By callee; infinite for one that was seen twice at the same moment. */
  readonly callees: Map<number, number>;
}

/**
 * What calls what from where, as seen so far. A caller that was copied a moment before its callee may have gone on to its
 * next call between: then a frame seems to be called from where it never is.
 *
 * A call is improbable when its call site mostly calls something else, and its callee is mostly called by that caller
 * from elsewhere. It is read again; seen again, it is real, and never doubted any more. Neither a call site of many
 * callees nor a callee with one call site is doubted, however rare: so what is read again are tears, and no kind of
 * stack is favoured.
 */
export class CallSites {
  readonly #sites = new Map<number, Site>();
  /** Calls by caller and callee. */
  readonly #pairs = new Map<number, number>();
  #calls = 0;
  #doubts = 0;

  /** Takes note of a call; returns how improbable it makes it: 0, or a number that stands for the call. */
  doubt(caller: number, instruction: number, callee: number): number {
    const key = caller * INSTRUCTIONS + Math.max(instruction, 0);
    const site = this.#site(key);
    const ofCall = (site.callees.get(callee) ?? 0) + 1;
    const ofPair = (this.#pairs.get(caller * CODES + callee) ?? 0) + 1;
    site.callees.set(callee, ofCall);
    this.#pairs.set(caller * CODES + callee, ofPair);
    site.calls++;
    this.#calls++;
    if (ofCall * CALLS_OF_SITE > site.calls || ofCall * CALLS_OF_PAIR > ofPair) return 0;
    return ++this.#doubts * CALLS_PER_DOUBT > this.#calls ? 0 : key + callee / CODES;
  }

  /** Says that a call that was doubted is real. */
  confirm(caller: number, instruction: number, callee: number): void {
    this.#site(caller * INSTRUCTIONS + Math.max(instruction, 0)).callees.set(callee, Number.POSITIVE_INFINITY);
  }

  forget(): void {
    this.#sites.clear();
    this.#pairs.clear();
    this.#calls = 0;
    this.#doubts = 0;
  }

  #site(key: number): Site {
    let site = this.#sites.get(key);
    if (!site) this.#sites.set(key, (site = { calls: 0, callees: new Map() }));
    return site;
  }
}
