import type { Layout } from "@pyspy/layouts";
import type { ReadBatch } from "@pyspy/process";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/**
 * Which thread states hold a GIL, from what one batch read. Where the thread state says so itself (3.14 and later) no
 * span is needed; else the GIL is read: the runtime's one (up to 3.11), or that of the interpreter (3.12 and 3.13). A
 * GIL remembers its last holder after it is released: only `locked` makes it the holder.
 */
export class GilReader {
  readonly #layout: Layout;
  readonly #reader: MemoryReader;
  readonly #runtime: number;
  /** Where each interpreter's GIL lies; fixed from the interpreter's start to its end. */
  readonly #gils = new Map<number, number>();
  #firstSpan = 0;
  #asked: number[] = [];

  constructor(layout: Layout, reader: MemoryReader, runtime: number) {
    this.#layout = layout;
    this.#reader = reader;
    this.#runtime = runtime;
  }

  /** At most that many spans of 32 bytes. */
  spansNeeded(slots: readonly ThreadSlot[]): number {
    return slots.length;
  }

  addSpans(slots: readonly ThreadSlot[], batch: ReadBatch): void {
    this.#asked.length = 0;
    this.#firstSpan = batch.count;
    if (this.#layout.threadState.holdsGil !== undefined) return;
    for (const slot of slots) {
      const gil = this.#gilOf(slot);
      if (this.#asked.includes(gil)) continue;
      this.#asked.push(gil);
      batch.add(gil, this.#span().length);
    }
  }

  /** Sets `holdsGil` of the slots. */
  read(slots: readonly ThreadSlot[], batch: ReadBatch): void {
    const { threadState } = this.#layout;
    for (const slot of slots) {
      if (threadState.holdsGil === undefined) slot.holdsGil = this.#holder(slot, batch) === slot.address;
      else slot.holdsGil = batch.view.getInt32(batch.offset(slot.span) + threadState.holdsGil, true) !== 0;
    }
  }

  #holder(slot: ThreadSlot, batch: ReadBatch): number {
    const span = this.#firstSpan + this.#asked.indexOf(this.#gilOf(slot));
    const { holder, locked, length } = this.#span();
    if (batch.lengthRead(span) !== length || batch.view.getInt32(batch.offset(span) + locked, true) !== 1) return 0;
    return pointerAt(batch.view, batch.offset(span) + holder, this.#layout.pointerSize);
  }

  #gilOf(slot: ThreadSlot): number {
    const { interpreterState, runtimeState, traits } = this.#layout;
    if (traits.gil === "runtime") return this.#runtime + (runtimeState.gilLastHolder as number);
    const { address } = slot.interpreter;
    let gil = this.#gils.get(address);
    if (gil === undefined) {
      gil = this.#reader.pointer(address + (interpreterState.cevalGil as number));
      this.#gils.set(address, gil);
    }
    return gil;
  }

  /** Offsets from where a GIL's span starts. */
  #span(): { holder: number; locked: number; length: number } {
    const { gilRuntimeState, runtimeState, traits } = this.#layout;
    if (traits.gil === "runtime") {
      const locked = (runtimeState.gilLocked as number) - (runtimeState.gilLastHolder as number);
      return { holder: 0, locked, length: locked + 4 };
    }
    const { lastHolder, locked } = gilRuntimeState as NonNullable<Layout["gilRuntimeState"]>;
    return { holder: lastHolder, locked, length: Math.max(lastHolder + this.#layout.pointerSize, locked + 4) };
  }
}
