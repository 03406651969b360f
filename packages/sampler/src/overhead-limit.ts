/** What is aimed at, as a share of what is allowed: the rest is for what comes as a surprise. */
const AIM = 0.9;
/** Milliseconds after which what a sample has cost counts for a third. */
const MEMORY = 2000;
/** Milliseconds of what is allowed that can be saved up. */
const CREDIT = 250;
/** CPU time in milliseconds that the first sample is taken to cost, before anything is known. */
const FIRST_COST = 2;
/** Milliseconds between two looks at what was spent. */
const LOOK_INTERVAL = 10;

/** A part of the time that may be spent, and what one sample spends of it. All in milliseconds. */
class Budget {
  readonly #share: number;
  /** What was spent and the samples it was spent for, older ones counting less and less. */
  #spent: number;
  #samples = 1;
  /** What was spent beyond what was allowed; negative for what was saved. */
  #debt = 0;
  #total = 0;

  constructor(share: number, firstCost: number) {
    this.#share = share * AIM;
    this.#spent = firstCost;
  }

  note(elapsed: number, samples: number, total: number): void {
    const spent = total - this.#total;
    const decay = Math.exp(-elapsed / MEMORY);
    this.#total = total;
    this.#spent = this.#spent * decay + spent;
    this.#samples = this.#samples * decay + samples;
    this.#debt = Math.max(this.#debt + spent - this.#share * elapsed, -this.#share * CREDIT);
  }

  /** How long to wait from one sample to the next. What is spent without samples counts as spent for them. */
  get interval(): number {
    const usual = this.#spent / this.#samples / this.#share;
    const owed = this.#debt / this.#share;
    const part = thrift(owed / 1000);
    // After as long as it takes to pay, nothing is owed.
    return part > 0 ? Math.min(usual / part, usual + Math.max(owed, 0)) : usual + owed;
  }
}

/**
 * What part of its share may be spent with that many seconds of it owed. Little noise makes little difference, but half a
 * second, which is what aiming lower leaves in five, is not exceeded by more than the samples of two cells, which may come
 * together.
 */
function thrift(owed: number): number {
  return 1 - owed / 2 - (owed > 0 ? 4 * owed * owed : 0);
}

/**
 * Keeps a recording from taking more than a share of one core and from stopping the process for more than that share of
 * the time. Says how many ticks to go on at a time: from what samples have cost in the last seconds, so that single costs
 * hardly matter, and from what was spent too much, which is made up for at once. In steps that depend on the last sample
 * only little, for a sample must not say how much the next one counts. About one sample a second is always taken.
 */
export class OverheadLimit {
  readonly #tick: number;
  readonly #maxStride: number;
  readonly #cpu: Budget;
  readonly #pauses: Budget;
  #time = 0;
  #samples = 0;
  #stride: number;

  /** `share` of one core, more than 0 and up to 1; `rate` of ticks a second. Throws a RangeError if it is no such share. */
  constructor(share: number, rate: number) {
    if (!(share > 0 && share <= 1)) throw new RangeError(`overhead of at most ${share}`);
    this.#tick = 1000 / rate;
    this.#maxStride = Math.max(Math.floor(rate), 1);
    this.#cpu = new Budget(share, FIRST_COST);
    this.#pauses = new Budget(share, 0);
    this.#stride = this.#strideNow();
  }

  /** In ticks. */
  get stride(): number {
    return this.#stride;
  }

  /**
   * Takes note of totals since the start, in milliseconds: the time, the CPU time that was used, the time for which the
   * process was stopped.
   */
  update(time: number, samples: number, cpuTime: number, pausedTime: number): void {
    const elapsed = time - this.#time;
    if (elapsed < LOOK_INTERVAL) return;
    this.#cpu.note(elapsed, samples - this.#samples, cpuTime);
    this.#pauses.note(elapsed, samples - this.#samples, pausedTime);
    this.#time = time;
    this.#samples = samples;
    this.#stride = this.#strideNow();
  }

  #strideNow(): number {
    const ticks = Math.ceil(Math.max(this.#cpu.interval, this.#pauses.interval) / this.#tick);
    return Math.min(Math.max(ticks, 1), this.#maxStride);
  }
}
