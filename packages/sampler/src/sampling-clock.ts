/** A tick of the clock: when it was due, and for how many intervals the sample taken now stands. */
export interface Tick {
  /** Seconds since the clock started: now or, with a stride, the first of the ticks that the sample stands for. */
  readonly time: number;
  /** 1, and one more for each tick that was skipped, or missed before this one. */
  readonly weight: number;
}

/** Intervals vary by up to this share of their length. */
const JITTER = 0.25;

/**
 * Says when to sample. Intervals vary at random around their length, so that no program can run in step with the
 * samples, and each is counted from when the last tick was due, so that delays do not add up. A tick that is overdue by
 * whole intervals is late: those are counted and not made up for, so a recording takes as long as it was asked to.
 *
 * With a stride, time is cut into cells of so many ticks, with a sample at a random moment of each, which stands for all of
 * it. How long a cell is must be known before it begins. Then the sums of weights are, in the mean, the very shares of
 * time, however the stride changes: also where it depends on what the samples saw, as it does when some cost more.
 */
export class SamplingClock {
  /** Ticks that were missed. */
  late = 0;
  /** Ticks that were passed over on purpose. */
  skipped = 0;
  /** One sample is taken for each so many ticks: a whole number, 1 or more, to be set between calls of `next`. */
  stride = 1;
  readonly #interval: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #start: number;
  /** In milliseconds, as the clock has it. */
  readonly #end: number;
  /** When the last tick was due; with a stride, the end of the last cell. */
  #due: number;

  /** `now` gives milliseconds of a clock that never goes back; `random` numbers from 0 up to 1; `duration` is in seconds. */
  constructor(rate: number, now: () => number = () => performance.now(), random: () => number = Math.random, duration: number = Number.POSITIVE_INFINITY) {
    if (!(rate > 0 && rate <= 1_000_000)) throw new RangeError(`rate of ${rate} samples a second`);
    this.#interval = 1000 / rate;
    this.#now = now;
    this.#random = random;
    this.#start = now();
    this.#due = this.#start;
    this.#end = this.#start + duration * 1000;
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (this.#now() - this.#start) / 1000;
  }

  /** Whether the duration is over. */
  get isOver(): boolean {
    return this.#now() >= this.#end;
  }

  /**
   * Waits for the next tick that is to be sampled. There is none when the duration is over before, or `sleep`, which takes
   * milliseconds and may return early, returns false to end the recording.
   */
  next(sleep: (milliseconds: number) => boolean): Tick | undefined {
    const left = Math.floor((this.#end - this.#due) / this.#interval);
    const ticks = Math.max(Math.min(this.stride, left), 1);
    const before = this.#due;
    const [due, end] = ticks === 1 ? this.#tick() : this.#cell(ticks);
    const wake = Math.min(due, this.#end);
    do {
      if (!sleep(Math.max(wake - this.#now(), 0))) return undefined;
    } while (this.#now() < wake);
    if (this.isOver) {
      this.late += Math.max(ticks + this.#intervals(end, this.#end), 0);
      return undefined;
    }
    const missed = Math.max(this.#intervals(end, this.#now()), 0);
    this.skipped += ticks - 1;
    this.late += missed;
    this.#due = end + missed * this.#interval;
    return { time: ticks === 1 ? this.elapsed : (before + this.#interval - this.#start) / 1000, weight: ticks + missed };
  }

  /** When the next tick is due, and again that: the end of what it stands for. */
  #tick(): readonly [number, number] {
    const due = this.#due + this.#interval * (1 - JITTER + 2 * JITTER * this.#random());
    return [due, due];
  }

  /** A moment of the next cell, and its end. */
  #cell(ticks: number): readonly [number, number] {
    const length = ticks * this.#interval;
    return [this.#due + length * this.#random(), this.#due + length];
  }

  /** How many whole intervals lie between; less than 0 if `to` comes first. */
  #intervals(from: number, to: number): number {
    return Math.floor((to - from) / this.#interval);
  }
}
