import { instructionKey } from "./instruction-key.ts";

/** A call is improbable while its call site was seen to call so much more often, */
const CALLS_OF_SITE = 4;
/** and the caller to call that callee so much more often. */
const CALLS_OF_PAIR = 16;
/** Of this many calls at most one may be improbable: what is more frequent was no accident. */
const CALLS_PER_DOUBT = 100;
/** More are believed to be accidents where the site calls hardly anything else than one callee: this share, by this many. */
const SHARE_OF_ONLY = 0.75;
const CALLS_PER_DOUBT_OF_ONLY = 25;
/** Ids of code objects are below this: see `CodeCache`. */
const CODES = 2 ** 26;

/** A callee of a call site. */
export interface Call {
  /** How often it was seen; infinite once it is confirmed. */
  count: number;
}

interface Site {
  count: number;
  /** Of the callee that it calls most. */
  most: number;
  /** By callee. */
  readonly calls: Map<number, Call>;
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

  /** Takes note of a call by the ids of two code objects; returns it if it is improbable. */
  doubt(caller: number, instruction: number, callee: number): Call | undefined {
    const site = this.#site(instructionKey(caller, instruction));
    const call = callOf(site, callee);
    const pair = caller * CODES + callee;
    const ofPair = (this.#pairs.get(pair) ?? 0) + 1;
    this.#pairs.set(pair, ofPair);
    call.count++;
    site.count++;
    if (call.count > site.most && call.count < Number.POSITIVE_INFINITY) site.most = call.count;
    this.#calls++;
    if (call.count * CALLS_OF_SITE > site.count || call.count * CALLS_OF_PAIR > ofPair) return undefined;
    const callsPerDoubt = site.most > site.count * SHARE_OF_ONLY ? CALLS_PER_DOUBT_OF_ONLY : CALLS_PER_DOUBT;
    return ++this.#doubts * callsPerDoubt > this.#calls ? undefined : call;
  }

  /** Says that a call that was doubted is real. */
  confirm(call: Call): void {
    call.count = Number.POSITIVE_INFINITY;
  }

  forget(): void {
    this.#sites.clear();
    this.#pairs.clear();
    this.#calls = 0;
    this.#doubts = 0;
  }

  #site(key: number): Site {
    let site = this.#sites.get(key);
    if (!site) this.#sites.set(key, (site = { count: 0, most: 0, calls: new Map() }));
    return site;
  }
}

function callOf({ calls }: Site, callee: number): Call {
  let call = calls.get(callee);
  if (!call) calls.set(callee, (call = { count: 0 }));
  return call;
}
