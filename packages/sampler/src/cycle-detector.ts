/** Finds out, while a linked list is followed, that it goes in a circle; it keeps one address only (Brent's algorithm). */
export class CycleDetector {
  #kept = 0;
  #steps = 0;
  #stepsUntilNext = 1;

  /** Starts on another list. */
  restart(): void {
    this.#kept = 0;
    this.#steps = 0;
    this.#stepsUntilNext = 1;
  }

  /** Takes the next address. True if it came before: for every circle, before the list has gone round it three times. */
  repeats(address: number): boolean {
    if (address === this.#kept) return true;
    if (++this.#steps === this.#stepsUntilNext) {
      this.#kept = address;
      this.#steps = 0;
      this.#stepsUntilNext *= 2;
    }
    return false;
  }
}
