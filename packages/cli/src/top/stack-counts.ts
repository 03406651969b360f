import type { Profile, StackId, ThreadId } from "@pyspy/profile";

/** Stacks of threads that are told apart. Those that come later are counted, not kept. */
const MAX_PAIRS = 2 ** 19;

/** How many intervals each thread spent with each stack. */
export class StackCounts {
  /** Intervals of pairs that came when there was no room. */
  left = 0;
  readonly #threads = new Map<ThreadId, Map<StackId, number>>();
  #size = 0;

  add(thread: ThreadId, stack: StackId, weight: number): void {
    let stacks = this.#threads.get(thread);
    if (!stacks) this.#threads.set(thread, (stacks = new Map()));
    const known = stacks.get(stack);
    if (known !== undefined) stacks.set(stack, known + weight);
    else if (this.#size >= MAX_PAIRS) this.left += weight;
    else {
      this.#size++;
      stacks.set(stack, weight);
    }
  }

  addAll(counts: StackCounts): void {
    this.left += counts.left;
    for (const [thread, stacks] of counts.#threads) for (const [stack, weight] of stacks) this.add(thread, stack, weight);
  }

  /** Intervals by stack, of the threads that `isWanted` says. */
  byStack(isWanted: (thread: ThreadId) => boolean): Map<StackId, number> {
    const sums = new Map<StackId, number>();
    for (const [thread, stacks] of this.#threads) {
      if (!isWanted(thread)) continue;
      for (const [stack, weight] of stacks) sums.set(stack, (sums.get(stack) ?? 0) + weight);
    }
    return sums;
  }

  /** Adds a sample for each pair to the profile that its ids are of. */
  addTo(profile: Profile): void {
    for (const [thread, stacks] of this.#threads) for (const [stack, weight] of stacks) profile.addSample(thread, stack, 0, weight, 0);
  }
}
