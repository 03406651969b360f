import type { Layout } from "@pyspy/layouts";
import type { ReadBatch } from "@pyspy/process";
import type { Interpreter } from "./interpreters.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import type { NearSpans, Place } from "./near-spans.ts";
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
  /** Where the thread states do not say it, and it was found. */
  readonly #gil: GilPlace | undefined;
  /** By interpreter: the place of its GIL among those that are read. */
  readonly #places = new Map<number, number>();

  constructor(layout: Layout, reader: MemoryReader, runtime: number) {
    this.#layout = layout;
    this.#reader = reader;
    this.#runtime = runtime;
    this.#gil = layout.threadState.holdsGil === undefined ? gilPlace(layout) : undefined;
  }

  /** Adds what has to be read for these interpreters. Throws `MemoryError` when one of them is none. */
  addPlaces(interpreters: readonly Interpreter[], places: Place[]): void {
    this.#places.clear();
    if (!this.#gil) return;
    const { length } = this.#gil;
    for (const { address } of interpreters) this.#places.set(address, places.push({ address: this.#gilOf(address), length }) - 1);
  }

  /** Sets `holdsGil` of the slots. */
  read(slots: readonly ThreadSlot[], batch: ReadBatch, heads: NearSpans): void {
    const { threadState } = this.#layout;
    for (const slot of slots) {
      if (threadState.holdsGil === undefined) slot.holdsGil = this.#holder(slot.interpreter, batch, heads) === slot.address;
      else slot.holdsGil = batch.view.getInt32(batch.offset(slot.span) + threadState.holdsGil, true) !== 0;
    }
  }

  /** Address of the thread state; 0 for none. */
  #holder(interpreter: Interpreter, batch: ReadBatch, heads: NearSpans): number {
    const place = this.#places.get(interpreter.address);
    const gil = place === undefined ? -1 : heads.offset(batch, place);
    if (!this.#gil || gil < 0) return 0;
    const { holder, locked } = this.#gil;
    if (locked !== undefined && batch.view.getInt32(gil + locked, true) !== 1) return 0;
    return pointerAt(batch.view, gil + holder, this.#layout.pointerSize);
  }

  /** The interpreter's own, or one that it shares: fixed from its start to its end. */
  #gilOf(interpreter: number): number {
    const { interpreterState, runtimeState, traits } = this.#layout;
    if (traits.gil !== "interpreter") return this.#runtime + (runtimeState.gilLastHolder as number);
    return this.#reader.pointer(interpreter + (interpreterState.cevalGil as number));
  }
}

/** Offsets from where what is read of a GIL starts. */
interface GilPlace {
  readonly holder: number;
  readonly locked: number | undefined;
  readonly length: number;
}

/** `undefined` where the variable that tells the holder was not found. */
function gilPlace({ gilRuntimeState, runtimeState, traits, pointerSize }: Layout): GilPlace | undefined {
  if (traits.gil === "interpreter") {
    const { lastHolder, locked } = gilRuntimeState as NonNullable<Layout["gilRuntimeState"]>;
    return { holder: lastHolder, locked, length: Math.max(lastHolder + pointerSize, locked + 4) };
  }
  if (runtimeState.gilLastHolder === undefined) return undefined;
  if (traits.gil === "current-thread") return { holder: 0, locked: undefined, length: pointerSize };
  const locked = (runtimeState.gilLocked as number) - runtimeState.gilLastHolder;
  return { holder: 0, locked, length: locked + 4 };
}
