/** A tick of the clock: when it was due, and for how many intervals the sample taken now stands. */
export interface Tick {
  /** Seconds since the clock started. */
  readonly time: number;
  /** 1, and one more for each tick that was missed before this one. */
  readonly weight: number;
}

/**
 * Says when to sample: once in each interval since the start, at a random moment of it, so that no program can run in
 * step with the samples. A tick whose interval has passed is missed: it is counted and not made up for, so a recording
 * takes as long as it was asked to.
 */
export class SamplingClock {
  /** Ticks that were missed. */
  late = 0;
  readonly #interval: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #start: number;
  /** Number of the interval that the last tick was in. */
  #last = -1;

  /** `now` gives milliseconds of a clock that never goes back; `random` numbers from 0 up to 1. */
  constructor(rate: number, now: () => number = () => performance.now(), random: () => number = Math.random) {
    if (!(rate > 0 && rate <= 1_000_000)) throw new RangeError(`rate of ${rate} samples a second`);
    this.#interval = 1000 / rate;
    this.#now = now;
    this.#random = random;
    this.#start = now();
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (this.#now() - this.#start) / 1000;
  }

  /** Waits for the next tick. `sleep` takes milliseconds and returns false to end the recording: then there is none. */
  next(sleep: (milliseconds: number) => boolean): Tick | undefined {
    const due = this.#start + (this.#last + 1 + this.#random()) * this.#interval;
    if (!this.#sleepUntil(due, sleep)) return undefined;
    const now = this.#now();
    const interval = Math.max(Math.floor((now - this.#start) / this.#interval), this.#last + 1);
    const weight = interval - this.#last;
    this.late += weight - 1;
    this.#last = interval;
    return { time: (now - this.#start) / 1000, weight };
  }

  #sleepUntil(due: number, sleep: (milliseconds: number) => boolean): boolean {
    for (let left = due - this.#now(); left > 0; left = due - this.#now()) {
      if (!sleep(left)) return false;
    }
    return sleep(0);
  }
}
