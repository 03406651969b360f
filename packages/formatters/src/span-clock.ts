/** Longer than this many times what a sample stands for without another, and the thread was idle. */
const IDLE_GAP = 1.5;

/**
 * Where the samples of a track lie in time, sample by sample. A span is as long as its sample's weight says, so that sums are
 * exact; a run of samples starts at its first one's time, so that tracks line up.
 */
export class SpanClock {
  /** Of the sample, in seconds since the start of the recording. */
  start = 0;
  end = 0;
  /** End of the span before, if the thread was idle from then until `start`; else `start`. */
  idleFrom = 0;
  readonly #interval: number;
  #runStart = 0;
  #runWeight = 0;
  #previousTime = 0;
  #previousWeight: number = 0.5 / IDLE_GAP;

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Goes on to the next sample. */
  add(time: number, weight: number): void {
    this.idleFrom = this.end;
    if (time - this.#previousTime > IDLE_GAP * this.#previousWeight * this.#interval && time > this.end) {
      this.#runStart = time;
      this.#runWeight = 0;
    }
    this.#previousTime = time;
    this.#previousWeight = weight;
    this.start = this.#runStart + this.#runWeight * this.#interval;
    this.#runWeight += weight;
    this.end = this.#runStart + this.#runWeight * this.#interval;
  }
}
