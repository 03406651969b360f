import { CallSites } from "./call-sites.ts";
import { FrameMarks } from "./stack-buffer.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** An improbable call is believed if so many reads in a row show it: what lasts that long is no tear. */
const SIGHTINGS = 4;

/** Whether a frame and its caller, which were copied one after the other, are of the same moment: see `CallSites`. */
export class CallFit {
  readonly #sites = new CallSites();

  /** Whether the innermost frame may have called a frame with this code from where it is; where it is may be put right. */
  fits(slot: ThreadSlot, callee: number, marks: number): boolean {
    const { stack } = slot;
    const index = stack.depth - 1;
    if (index < 0 || (marks & (FrameMarks.entry | FrameMarks.onDataStack)) !== FrameMarks.onDataStack) return true;
    const caller = stack.codes[index] as number;
    const instruction = stack.instructions[index] as number;
    // A function begins with RESUME or the like, which calls nothing: that is from before it ran. (A JIT tells no later one.)
    const doubted = instruction > 0 || slot.still ? this.#sites.doubt(caller, instruction, callee) : this.#sites.noteUnbegun(caller, callee);
    if (slot.still) return true;
    if (!doubted) {
      if (this.#sites.usualSite >= 0) stack.setInstruction(index, this.#sites.usualSite);
      return true;
    }
    slot.sightings = doubted === slot.doubted ? slot.sightings + 1 : 1;
    slot.doubted = doubted;
    if (slot.sightings < SIGHTINGS) return false;
    this.#sites.confirm(doubted);
    return true;
  }

  /** Forgets all: the ids of code objects are given anew. */
  forget(): void {
    this.#sites.forget();
  }
}
