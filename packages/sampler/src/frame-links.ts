import { MemoryError } from "@pyspy/process";
import { CycleDetector } from "./cycle-detector.ts";
import type { FrameChain } from "./frame-chain.ts";
import type { FrameReader } from "./frame-reader.ts";
import { isObjectAddress } from "./memory-reader.ts";
import { FrameMarks } from "./stack-buffer.ts";
import { MAX_FRAMES } from "./stack-walk.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** Follows the links of `_PyInterpreterFrame`s, each pointing back to its caller. */
export class FrameLinks {
  readonly #frame: FrameReader;
  readonly #chain: FrameChain;
  readonly #cycle = new CycleDetector();

  /** The frames found go into `chain`. */
  constructor(frame: FrameReader, chain: FrameChain) {
    this.#frame = frame;
    this.#chain = chain;
  }

  /**
   * Collects the chain from the hinted frame outwards, up to one of the `known` outermost frames. Returns how many of
   * these remain; -1 when the chain cannot be followed.
   */
  follow(slot: ThreadSlot, current: number, known: number): number {
    const chain = this.#chain;
    const frame = this.#frame;
    chain.length = 0;
    this.#cycle.restart();
    for (let address = current; address !== 0; address = frame.previous()) {
      const base = this.#indexOf(slot, address, known);
      if (base >= 0) return base + 1;
      if (chain.length === MAX_FRAMES || !isObjectAddress(address) || this.#cycle.repeats(address)) return -1;
      if (!this.#locate(address)) return -1;
      if (frame.isShim()) {
        if (chain.length > 0) chain.marks[chain.length - 1] = (chain.marks[chain.length - 1] as number) | FrameMarks.entry;
        continue;
      }
      const executable = frame.executable();
      // From 3.14 a popped frame is cleared at once: the hint was overtaken, its caller is the better hint.
      if (executable !== 0 || chain.length > 0) chain.add(address, executable, frame.instruction(), frame.copy(), frame.stackTop(), frame.marks());
    }
    return 0;
  }

  /** Which of the `known` outermost frames is at an address; -1 for none. */
  #indexOf({ stack, chunks, split }: ThreadSlot, address: number, known: number): number {
    if (known === 0) return -1;
    if (stack.addresses[known - 1] === address) return known - 1;
    // Popped down into what did not change otherwise; frames elsewhere are not worth a search.
    const newest = chunks[0] as number;
    if (address < newest || address >= newest + split) return -1;
    for (let index = known - 2; index >= 0; index--) if (stack.addresses[index] === address) return index;
    return -1;
  }

  #locate(address: number): boolean {
    try {
      return this.#frame.locate(address);
    } catch (error) {
      if (error instanceof MemoryError) return false;
      throw error;
    }
  }
}
