import type { Layout } from "@pyspy/layouts";
import type { ReadBatch } from "@pyspy/process";
import type { Interpreter } from "./interpreters.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import type { NearSpans } from "./near-spans.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/**
 * Which thread states hold a GIL, from what one batch read. Where the thread state says so itself (3.14 and later) no
 * span is needed; else the GIL is read: the runtime's one (3.7 to 3.11), or that of the interpreter (3.12 and 3.13). A
 * GIL remembers its last holder after it is released: only `locked` makes it the holder. Up to 3.6 a variable points to
 * the holder, and to nothing when there is none.
 */
export class GilReader {
  readonly #layout: Layout;
  readonly #reader: MemoryReader;
  readonly #runtime: number;
  /** By interpreter: the place of its GIL among those that are read. */
  readonly #places = new Map<number, number>();

  constructor(layout: Layout, reader: MemoryReader, runtime: number) {
    this.#layout = layout;
    this.#reader = reader;
    this.#runtime = runtime;
  }

  /** Adds what has to be read for these interpreters. Throws `MemoryError` when one of them is none. */
  addPlaces(interpreters: readonly Interpreter[], places: NearSpans): void {
    this.#places.clear();
    if (!this.#isReadApart) return;
    const { length } = this.#span();
    for (const { address } of interpreters) this.#places.set(address, places.add(this.#gilOf(address), length));
  }

  /** Sets `holdsGil` of the slots. */
  read(slots: readonly ThreadSlot[], batch: ReadBatch, places: NearSpans): void {
    const { threadState } = this.#layout;
    for (const slot of slots) {
      if (threadState.holdsGil === undefined) slot.holdsGil = this.#holder(slot.interpreter, batch, places) === slot.address;
      else slot.holdsGil = batch.view.getInt32(batch.offset(slot.span) + threadState.holdsGil, true) !== 0;
    }
  }

  /** Not where the thread states say it, nor where the variable was not found. */
  get #isReadApart(): boolean {
    const { threadState, runtimeState, traits } = this.#layout;
    return threadState.holdsGil === undefined && (traits.gil === "interpreter" || runtimeState.gilLastHolder !== undefined);
  }

  /** Address of the thread state; 0 for none. */
  #holder(interpreter: Interpreter, batch: ReadBatch, places: NearSpans): number {
    const place = this.#places.get(interpreter.address);
    const gil = place === undefined ? -1 : places.offset(batch, place);
    const { holder, locked } = this.#span();
    if (gil < 0 || (locked !== undefined && batch.view.getInt32(gil + locked, true) !== 1)) return 0;
    return pointerAt(batch.view, gil + holder, this.#layout.pointerSize);
  }

  /** The interpreter's own, or one that it shares: fixed from its start to its end. */
  #gilOf(interpreter: number): number {
    const { interpreterState, runtimeState, traits } = this.#layout;
    if (traits.gil !== "interpreter") return this.#runtime + (runtimeState.gilLastHolder as number);
    return this.#reader.pointer(interpreter + (interpreterState.cevalGil as number));
  }

  /** Offsets from where a GIL's span starts. */
  #span(): { holder: number; locked: number | undefined; length: number } {
    const { gilRuntimeState, runtimeState, traits, pointerSize } = this.#layout;
    if (traits.gil === "current-thread") return { holder: 0, locked: undefined, length: pointerSize };
    if (traits.gil === "runtime") {
      const locked = (runtimeState.gilLocked as number) - (runtimeState.gilLastHolder as number);
      return { holder: 0, locked, length: locked + 4 };
    }
    const { lastHolder, locked } = gilRuntimeState as NonNullable<Layout["gilRuntimeState"]>;
    return { holder: lastHolder, locked, length: Math.max(lastHolder + this.#layout.pointerSize, locked + 4) };
  }
}
