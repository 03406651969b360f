import type { ReadBatch } from "@pyspy/process";
import type { GilReader } from "./gil-reader.ts";
import type { NearSpans } from "./near-spans.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/**
 * A parked thread is read all the same after so many milliseconds. Its stack cannot have changed; but whoever holds the GIL
 * may have deleted its thread state, which leaves no trace in what is read in its place.
 */
const LOOK_AGAIN_MS = 100;

/**
 * Threads whose stacks need no reading, since they cannot have run Python since they were read.
 *
 * A thread takes the GIL before it touches its stack, and a GIL counts how often it went to another thread state than the
 * one before (`switch_number`, `take_gil` in Python/ceval_gil.h). So while the count stays the same, all stacks but the last
 * holder's stay as they were. `PyThreadState_Swap` up to 3.11 changes thread states on one system thread without the GIL:
 * those that share a system thread are never parked.
 */
export class ParkedThreads {
  readonly #gil: GilReader;
  /** By interpreter: its GIL's count when it was last read, and whether that was the same as the time before. */
  readonly #counts = new Map<number, number>();
  readonly #steady = new Set<number>();
  /** The list of threads that `#alone` was made for, and those of them that share their system thread with no other. */
  #slots: readonly ThreadSlot[] = [];
  readonly #alone = new Set<ThreadSlot>();
  readonly #awake: ThreadSlot[] = [];
  readonly #woken: ThreadSlot[] = [];

  constructor(gil: GilReader) {
    this.#gil = gil;
  }

  /** Those to read, of all slots; good until the next call. The others' stacks are, for now, taken to be what they were. */
  awake(slots: readonly ThreadSlot[]): readonly ThreadSlot[] {
    if (!this.#gil.countsSwitches) return slots;
    const now = performance.now();
    const awake = this.#awake;
    awake.length = 0;
    for (const slot of slots) {
      slot.parked &&= now - slot.parkedAt < LOOK_AGAIN_MS;
      if (slot.parked) slot.repeat();
      else awake.push(slot);
    }
    return awake;
  }

  /** After the GILs have been read: the parked threads that may have run, parked no more; good until the next call. */
  woken(slots: readonly ThreadSlot[], batch: ReadBatch, heads: NearSpans): readonly ThreadSlot[] {
    const woken = this.#woken;
    woken.length = 0;
    if (!this.#gil.countsSwitches) return woken;
    this.#compareCounts(slots, batch, heads);
    for (const slot of slots) {
      if (!slot.parked || this.#steady.has(slot.interpreter.address)) continue;
      slot.parked = false;
      woken.push(slot);
    }
    return woken;
  }

  /** At the end of a sample: parks those that were read while their GIL did not go to another thread, and are not its last holder. */
  park(slots: readonly ThreadSlot[]): void {
    if (this.#steady.size === 0) return;
    if (slots !== this.#slots) this.#findAlone(slots);
    const now = performance.now();
    for (const slot of slots) {
      if (slot.parked || slot.outcome !== "exact" || slot.wasLastHolder || !this.#alone.has(slot)) continue;
      if (!this.#steady.has(slot.interpreter.address)) continue;
      slot.parked = true;
      slot.parkedAt = now;
    }
  }

  /** Counts read before the stacks tell that nothing changed while these were read, which counts read after them do not. */
  #compareCounts(slots: readonly ThreadSlot[], batch: ReadBatch, heads: NearSpans): void {
    this.#steady.clear();
    let previous = 0;
    for (const { interpreter } of slots) {
      if (interpreter.address === previous) continue;
      previous = interpreter.address;
      const count = this.#gil.switches(interpreter, batch, heads);
      if (count >= 0 && this.#counts.get(previous) === count) this.#steady.add(previous);
      this.#counts.set(previous, count);
    }
  }

  #findAlone(slots: readonly ThreadSlot[]): void {
    const sharing = new Map<number, number>();
    for (const { threadId } of slots) sharing.set(threadId, (sharing.get(threadId) ?? 0) + 1);
    this.#alone.clear();
    for (const slot of slots) if (sharing.get(slot.threadId) === 1) this.#alone.add(slot);
    this.#slots = slots;
  }
}
