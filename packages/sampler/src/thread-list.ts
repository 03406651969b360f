import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import { TargetError } from "./errors.ts";
import { type Interpreter, readInterpreters, readThreadStates } from "./interpreters.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
import type { NearSpans, Place } from "./near-spans.ts";
import { ThreadSlot } from "./thread-slot.ts";

/** A list that changes while it is followed leads astray; one of a few attempts does not. */
const MAX_ATTEMPTS = 16;

/** The interpreters and thread states of a runtime, and the means to see in each sample whether they are still those. */
export class ThreadList {
  interpreters: readonly Interpreter[] = [];
  /** In the order of `interpreters`, each one's threads newest first. */
  slots: readonly ThreadSlot[] = [];
  readonly #layout: Layout;
  readonly #reader: MemoryReader;
  readonly #runtime: number;
  /** Place of the head of the list of interpreters; those of their threads follow. */
  #firstPlace = 0;

  constructor(layout: Layout, reader: MemoryReader, runtime: number) {
    this.#layout = layout;
    this.#reader = reader;
    this.#runtime = runtime;
  }

  /** Reads all anew; slots of threads that are still there are kept. Throws {@link TargetError} or `MemoryError`. */
  read(): void {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#readOnce();
        return;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !(error instanceof TargetError || error instanceof MemoryError)) throw error;
      }
    }
  }

  /** Adds the heads of all lists to what is read along with the thread states. */
  addPlaces(places: Place[]): void {
    const { runtimeState, interpreterState, pointerSize: length } = this.#layout;
    this.#firstPlace = places.length;
    places.push({ address: this.#runtime + runtimeState.interpretersHead, length });
    for (const { address } of this.interpreters) places.push({ address: address + interpreterState.threadsHead, length });
  }

  /** Whether the lists, just read, still are what they were; of threads that are parked nothing was read. */
  holds(batch: ReadBatch, heads: NearSpans): boolean {
    const { threadState, pointerSize } = this.#layout;
    if (this.#head(batch, heads, this.#firstPlace) !== (this.interpreters[0]?.address ?? 0)) return false;
    let next = 0;
    for (let index = 0; index < this.interpreters.length; index++) {
      let expected = this.#head(batch, heads, this.#firstPlace + 1 + index);
      for (; this.slots[next]?.interpreter === this.interpreters[index]; next++) {
        const slot = this.slots[next] as ThreadSlot;
        if (slot.address !== expected) return false;
        if (slot.parked) {
          const following = this.slots[next + 1];
          expected = following?.interpreter === slot.interpreter ? following.address : 0;
        } else {
          if (!this.isThreadState(slot, batch)) return false;
          expected = pointerAt(batch.view, batch.offset(slot.span) + threadState.next, pointerSize);
        }
      }
      if (expected !== 0) return false;
    }
    return true;
  }

  /** Address of a list's first element; -1 when it could not be read. */
  #head(batch: ReadBatch, heads: NearSpans, place: number): number {
    const offset = heads.offset(batch, place);
    return offset < 0 ? -1 : pointerAt(batch.view, offset, this.#layout.pointerSize);
  }

  /** Whether what was read for a slot still is the state of that thread; one that is made has its ids a moment later. */
  isThreadState(slot: ThreadSlot, batch: ReadBatch): boolean {
    if (batch.lengthRead(slot.span) !== batch.length(slot.span)) return false;
    const { threadState, pointerSize } = this.#layout;
    const state = batch.offset(slot.span);
    if (pointerAt(batch.view, state + threadState.interp, pointerSize) !== slot.interpreter.address) return false;
    if (pointerAt(batch.view, state + threadState.threadId, pointerSize) !== slot.threadId) return false;
    return threadState.nativeThreadId === undefined || batch.view.getUint32(state + threadState.nativeThreadId, true) === slot.nativeThreadId;
  }

  #readOnce(): void {
    const knownInterpreters = new Map(this.interpreters.map((interpreter) => [interpreter.address, interpreter]));
    const knownSlots = new Map(this.slots.map((slot) => [slot.address, slot]));
    const interpreters = readInterpreters(this.#reader, this.#layout, this.#runtime).map(
      (interpreter) => knownInterpreters.get(interpreter.address) ?? interpreter,
    );
    this.slots = interpreters.flatMap((interpreter) =>
      readThreadStates(this.#reader, this.#layout, interpreter).map((address) => {
        const slot = this.#newSlot(address, interpreter);
        const known = knownSlots.get(address);
        return known && this.#isSameThread(known, slot) ? known : slot;
      }),
    );
    this.interpreters = interpreters;
  }

  /** Where Python does not keep the operating system's ids, a new slot has none: see `ThreadIdentity`. */
  #isSameThread(known: ThreadSlot, slot: ThreadSlot): boolean {
    if (known.threadId !== slot.threadId || known.interpreter !== slot.interpreter) return false;
    return this.#layout.threadState.nativeThreadId === undefined || known.nativeThreadId === slot.nativeThreadId;
  }

  #newSlot(address: number, interpreter: Interpreter): ThreadSlot {
    const { threadId, nativeThreadId } = this.#layout.threadState;
    const native = nativeThreadId === undefined ? 0 : this.#reader.u32(address + nativeThreadId);
    return new ThreadSlot(address, interpreter, this.#reader.pointer(address + threadId), native);
  }
}
