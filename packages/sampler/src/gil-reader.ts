import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import type { Interpreter } from "./interpreters.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import type { NearSpans, Place } from "./near-spans.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/**
 * Which thread states hold a GIL, from what one batch read, and how often it went to another. From 3.14 on a thread state
 * says itself whether it is the holder; else the GIL does: the runtime's one (3.7 to 3.11), or that of the interpreter (3.12
 * and later). A GIL remembers its last holder after it is released: only `locked` makes it the holder. Up to 3.6 a variable
 * points to the holder, and to nothing when there is none.
 */
export class GilReader {
  readonly #layout: Layout;
  readonly #reader: MemoryReader;
  readonly #runtime: number;
  /** Where it was found. */
  readonly #gil: GilPlace | undefined;
  /** By interpreter: the place of its GIL among those that are read. */
  readonly #places = new Map<number, number>();

  constructor(layout: Layout, reader: MemoryReader, runtime: number) {
    this.#layout = layout;
    this.#reader = reader;
    this.#runtime = runtime;
    this.#gil = gilPlace(layout);
  }

  /** Whether each change of a thread's stack needs a GIL that counts the threads it goes to. */
  get countsSwitches(): boolean {
    return this.#gil?.switchNumber !== undefined;
  }

  /**
   * Adds what has to be read for these interpreters. Where thread states say who the holder is, the rest is of use for several
   * threads only, and done without in a recording that does not have it. Throws `MemoryError` when an interpreter is none.
   */
  addPlaces(interpreters: readonly Interpreter[], threads: number, places: Place[]): void {
    this.#places.clear();
    const isOptional = this.#layout.threadState.holdsGil !== undefined;
    if (!this.#gil || (isOptional && threads < 2)) return;
    const { length } = this.#gil;
    for (const { address } of interpreters) {
      const gil = isOptional ? orUndefined(() => this.#gilOf(address)) : this.#gilOf(address);
      if (gil !== undefined) this.#places.set(address, places.push({ address: gil, length }) - 1);
    }
  }

  /** Sets `holdsGil` and `wasLastHolder` of the slots. */
  read(slots: readonly ThreadSlot[], batch: ReadBatch, heads: NearSpans): void {
    const { threadState } = this.#layout;
    for (const slot of slots) {
      slot.wasLastHolder = this.#lastHolder(slot.interpreter, batch, heads) === slot.address;
      if (threadState.holdsGil === undefined) slot.holdsGil = slot.wasLastHolder && this.#isLocked(slot.interpreter, batch, heads);
      else slot.holdsGil = batch.view.getInt32(batch.offset(slot.span) + threadState.holdsGil, true) !== 0;
    }
  }

  /** How often the interpreter's GIL went to another thread than before, modulo 2^32; -1 when it could not be read. */
  switches(interpreter: Interpreter, batch: ReadBatch, heads: NearSpans): number {
    const gil = this.#offset(interpreter, batch, heads);
    return gil < 0 || this.#gil?.switchNumber === undefined ? -1 : batch.view.getUint32(gil + this.#gil.switchNumber, true);
  }

  /** Address of the thread state; 0 for none. */
  #lastHolder(interpreter: Interpreter, batch: ReadBatch, heads: NearSpans): number {
    const gil = this.#offset(interpreter, batch, heads);
    return gil < 0 || !this.#gil ? 0 : pointerAt(batch.view, gil + this.#gil.holder, this.#layout.pointerSize);
  }

  #isLocked(interpreter: Interpreter, batch: ReadBatch, heads: NearSpans): boolean {
    const gil = this.#offset(interpreter, batch, heads);
    if (gil < 0 || !this.#gil) return false;
    return this.#gil.locked === undefined || batch.view.getInt32(gil + this.#gil.locked, true) === 1;
  }

  /** Where what was read of the interpreter's GIL starts in the batch; -1 when it was not. */
  #offset(interpreter: Interpreter, batch: ReadBatch, heads: NearSpans): number {
    const place = this.#places.get(interpreter.address);
    return place === undefined ? -1 : heads.offset(batch, place);
  }

  /** The interpreter's own, or one that it shares: fixed from its start to its end. */
  #gilOf(interpreter: number): number {
    const { interpreterState, runtimeState, traits } = this.#layout;
    if (traits.gil !== "interpreter") return this.#runtime + (runtimeState.gilLastHolder as number);
    return this.#reader.pointer(interpreter + (interpreterState.cevalGil as number));
  }
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MemoryError) return undefined;
    throw error;
  }
}

/** Offsets from where what is read of a GIL starts. */
interface GilPlace {
  readonly holder: number;
  readonly locked: number | undefined;
  /** Without meaning where threads run without the GIL. */
  readonly switchNumber: number | undefined;
  readonly length: number;
}

/** `undefined` where the variable that tells the holder was not found. */
function gilPlace(layout: Layout): GilPlace | undefined {
  const { gilRuntimeState, runtimeState, traits, pointerSize, freeThreaded } = layout;
  if (traits.gil === "interpreter") {
    const { lastHolder, locked, switchNumber } = gilRuntimeState as NonNullable<Layout["gilRuntimeState"]>;
    return gilPlaceAt(lastHolder, locked, freeThreaded ? undefined : switchNumber, pointerSize);
  }
  if (runtimeState.gilLastHolder === undefined) return undefined;
  if (traits.gil === "current-thread") return gilPlaceAt(0, undefined, undefined, pointerSize);
  const distance = (field: number | undefined) => field && field - (runtimeState.gilLastHolder as number);
  return gilPlaceAt(0, distance(runtimeState.gilLocked), distance(runtimeState.gilSwitchNumber), pointerSize);
}

function gilPlaceAt(holder: number, locked: number | undefined, switchNumber: number | undefined, pointerSize: number): GilPlace {
  return { holder, locked, switchNumber, length: Math.max(holder + pointerSize, (locked ?? 0) + 4, (switchNumber ?? 0) + 4) };
}
