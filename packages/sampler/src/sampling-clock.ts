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
  /** In milliseconds, as the clock has it. */
  readonly #end: number;
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
   * Waits for the next tick. There is none when the duration is over before, or `sleep`, which takes milliseconds and may
   * return early, returns false to end the recording.
   */
  next(sleep: (milliseconds: number) => boolean): Tick | undefined {
    this.#due += this.#interval * (1 - JITTER + 2 * JITTER * this.#random());
    const wake = Math.min(this.#due, this.#end);
    do {
      if (!sleep(Math.max(wake - this.#now(), 0))) return undefined;
    } while (this.#now() < wake);
    if (this.isOver) {
      this.late += this.#intervalsUntil(this.#end);
      return undefined;
    }
    const missed = this.#intervalsUntil(this.#now()) - 1;
    this.late += missed;
    this.#due += missed * this.#interval;
    return { time: this.elapsed, weight: 1 + missed };
  }

  /** How many ticks were due until then, from the next one on. */
  #intervalsUntil(time: number): number {
    return Math.max(Math.floor((time - this.#due) / this.#interval) + 1, 0);
  }
}
