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
/** A pair has a usual call site where that makes this share of its calls. */
const SHARE_OF_USUAL = 0.75;
/** Ids of code objects are below this: see `CodeCache`. */
const CODES = 2 ** 26;

/** A callee of a call site. */
export interface Call {
  /** How often it was seen; infinite once it is confirmed. */
  count: number;
}

/** A caller and a callee of its. */
interface Pair {
  count: number;
  /** The instruction that was seen to call most often, and how often. */
  usualSite: number;
  usualCount: number;
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
 * from elsewhere. It is read again; seen again and again, it is real, and never doubted any more. Neither a call site of many
 * callees nor a callee with one call site is doubted, however rare: so what is read again are tears, and no kind of
 * stack is favoured. Where there are too many to read them all again, which favours what lasts longer, the call is taken to
 * come from where it mostly comes.
 */
export class CallSites {
  readonly #sites = new Map<number, Site>();
  /** By caller and callee. */
  readonly #pairs = new Map<number, Pair>();
  #calls = 0;
  #doubts = 0;

  /** The usual call site of the last call that `doubt` found improbable but did not return; -1 for none. */
  usualSite = -1;

  /** Takes note of a call by the ids of two code objects; returns it if it is improbable and should be read again. */
  doubt(caller: number, instruction: number, callee: number): Call | undefined {
    const site = this.#site(instructionKey(caller, instruction));
    const call = callOf(site, callee);
    const pair = this.#pair(caller * CODES + callee);
    pair.count++;
    call.count++;
    site.count++;
    this.#calls++;
    this.usualSite = -1;
    if (call.count < Number.POSITIVE_INFINITY) {
      if (call.count > site.most) site.most = call.count;
      if (call.count > pair.usualCount) {
        pair.usualCount = call.count;
        pair.usualSite = instruction;
      }
    }
    if (call.count * CALLS_OF_SITE > site.count || call.count * CALLS_OF_PAIR > pair.count) return undefined;
    const callsPerDoubt = site.most > site.count * SHARE_OF_ONLY ? CALLS_PER_DOUBT_OF_ONLY : CALLS_PER_DOUBT;
    if (++this.#doubts * callsPerDoubt <= this.#calls) return call;
    this.usualSite = usualSiteIn(pair);
    return undefined;
  }

  /** As `doubt`, of a caller that seems not to have begun: sets `usualSite`, and nothing is to be read again. */
  noteUnbegun(caller: number, callee: number): undefined {
    this.usualSite = usualSiteIn(this.#pair(caller * CODES + callee));
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

  #pair(key: number): Pair {
    let pair = this.#pairs.get(key);
    if (!pair) this.#pairs.set(key, (pair = { count: 0, usualSite: -1, usualCount: 0 }));
    return pair;
  }

  #site(key: number): Site {
    let site = this.#sites.get(key);
    if (!site) this.#sites.set(key, (site = { count: 0, most: 0, calls: new Map() }));
    return site;
  }
}

function usualSiteIn({ count, usualCount, usualSite }: Pair): number {
  return usualCount >= count * SHARE_OF_USUAL ? usualSite : -1;
}

function callOf({ calls }: Site, callee: number): Call {
  let call = calls.get(callee);
  if (!call) calls.set(callee, (call = { count: 0 }));
  return call;
}
