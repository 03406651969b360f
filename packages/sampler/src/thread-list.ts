import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import { TargetError } from "./errors.ts";
import { type Interpreter, readInterpreters, readThreadStates } from "./interpreters.ts";
import { type MemoryReader, pointerAt } from "./memory-reader.ts";
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
  #firstSpan = 0;

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

  get spansNeeded(): number {
    return 1 + this.interpreters.length;
  }

  /** Adds the heads of all lists to a batch that the thread states are in as well. */
  addSpans(batch: ReadBatch): void {
    const { runtimeState, interpreterState, pointerSize } = this.#layout;
    this.#firstSpan = batch.add(this.#runtime + runtimeState.interpretersHead, pointerSize);
    for (const { address } of this.interpreters) batch.add(address + interpreterState.threadsHead, pointerSize);
  }

  /** Whether the lists, just read, still are what they were. */
  holds(batch: ReadBatch): boolean {
    const { threadState, pointerSize } = this.#layout;
    if (spanPointer(batch, this.#firstSpan, pointerSize) !== (this.interpreters[0]?.address ?? 0)) return false;
    let next = 0;
    for (let index = 0; index < this.interpreters.length; index++) {
      let expected = spanPointer(batch, this.#firstSpan + 1 + index, pointerSize);
      for (; this.slots[next]?.interpreter === this.interpreters[index]; next++) {
        const slot = this.slots[next] as ThreadSlot;
        if (slot.address !== expected || !this.isThreadState(slot, batch)) return false;
        expected = pointerAt(batch.view, batch.offset(slot.span) + threadState.next, pointerSize);
      }
      if (expected !== 0) return false;
    }
    return true;
  }

  /** Whether what was read for a slot still is the state of that thread; one that is made has its ids a moment later. */
  isThreadState(slot: ThreadSlot, batch: ReadBatch): boolean {
    if (batch.lengthRead(slot.span) !== batch.length(slot.span)) return false;
    const { threadState, pointerSize } = this.#layout;
    const state = batch.offset(slot.span);
    if (pointerAt(batch.view, state + threadState.interp, pointerSize) !== slot.interpreter.address) return false;
    if (pointerAt(batch.view, state + threadState.threadId, pointerSize) !== slot.threadId) return false;
    return threadState.nativeThreadId === undefined || batch.view.getUint32(state + threadState.nativeThreadId, true) === slot.osThreadId;
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
    return this.#layout.threadState.nativeThreadId === undefined || known.osThreadId === slot.osThreadId;
  }

  #newSlot(address: number, interpreter: Interpreter): ThreadSlot {
    const { threadId, nativeThreadId } = this.#layout.threadState;
    const osThreadId = nativeThreadId === undefined ? 0 : this.#reader.u32(address + nativeThreadId);
    return new ThreadSlot(address, interpreter, this.#reader.pointer(address + threadId), osThreadId);
  }
}

function spanPointer(batch: ReadBatch, span: number, pointerSize: 4 | 8): number {
  return batch.lengthRead(span) === batch.length(span) ? pointerAt(batch.view, batch.offset(span), pointerSize) : -1;
}
