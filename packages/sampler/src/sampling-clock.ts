/** A tick of the clock: when it was due, and for how many intervals the sample taken now stands. */
export interface Tick {
  /** Seconds since the clock started. */
  readonly time: number;
  /** 1, and one more for each tick that was missed before this one. */
  readonly weight: number;
}

/** Intervals vary by up to this share of their length. */
const JITTER = 0.25;

/**
 * Says when to sample. Intervals vary at random around their length, so that no program can run in step with the
 * samples, and each is counted from when the last tick was due, so that delays do not add up. A tick that is overdue by
 * whole intervals is late: those are counted and not made up for, so a recording takes as long as it was asked to.
 */
export class SamplingClock {
  /** Ticks that were missed. */
  late = 0;
  readonly #interval: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #start: number;
  #due: number;

  /** `now` gives milliseconds of a clock that never goes back; `random` numbers from 0 up to 1. */
  constructor(rate: number, now: () => number = () => performance.now(), random: () => number = Math.random) {
    if (!(rate > 0 && rate <= 1_000_000)) throw new RangeError(`rate of ${rate} samples a second`);
    this.#interval = 1000 / rate;
    this.#now = now;
    this.#random = random;
    this.#start = now();
    this.#due = this.#start;
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (this.#now() - this.#start) / 1000;
  }

  /** Waits for the next tick. `sleep` takes milliseconds and returns false to end the recording: then there is none. */
  next(sleep: (milliseconds: number) => boolean): Tick | undefined {
    this.#due += this.#interval * (1 - JITTER + 2 * JITTER * this.#random());
    do {
      if (!sleep(Math.max(this.#due - this.#now(), 0))) return undefined;
    } while (this.#now() < this.#due);
    const missed = Math.floor((this.#now() - this.#due) / this.#interval);
    this.late += missed;
    this.#due += missed * this.#interval;
    return { time: this.elapsed, weight: 1 + missed };
  }
}
