import type { Layout } from "@pyspy/layouts";
import type { ProcessMemory, ReadBatch } from "@pyspy/process";
import type { CodeCache } from "./code-cache.ts";
import { CodeVerifier } from "./code-verifier.ts";
import { DataStackWalk } from "./data-stack-walk.ts";
import { TargetError } from "./errors.ts";
import { FrameObjectWalk } from "./frame-object-walk.ts";
import { GilReader } from "./gil-reader.ts";
import type { MemoryReader } from "./memory-reader.ts";
import { NearSpans, type Place } from "./near-spans.ts";
import { ParkedThreads } from "./parked-threads.ts";
import type { StackWalk } from "./stack-walk.ts";
import { ThreadList } from "./thread-list.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** How often parts that had moved, or do not fit together, are read again before a stack counts as torn or failed. */
const MAX_ROUNDS = 8;
const MAX_LIST_READS = 16;
/** How much longer than usual a read takes that stopped half-way. */
const SLOW = 1.5;
const MAX_SLOW_READS = 3;
const USUAL_TIME_GROWTH = 1.01;
/** What a span takes beyond its length: spans start at multiples of 16. */
const SPAN_PADDING = 16;

/**
 * Reads the stacks of all threads of all interpreters: one vectored read of everything that was where it was last time,
 * then as few more as it takes. See ARCHITECTURE.md, "The hot path".
 */
export class StackReader {
  readonly #list: ThreadList;
  readonly #memory: ProcessMemory;
  readonly #walk: StackWalk;
  readonly #codes: CodeCache;
  readonly #verifier: CodeVerifier;
  readonly #gil: GilReader;
  readonly #parked: ParkedThreads;
  /** Of the lists of interpreters and threads, and the GILs. */
  #heads = new NearSpans([]);
  readonly #stateLength: number;
  readonly #runtime: number;
  /** Milliseconds that a span takes, about the least of the last hundred reads. */
  #usualTime = Number.POSITIVE_INFINITY;
  #batch: ReadBatch;
  #spanCapacity = 64;
  #stopped: readonly number[] | "all" = [];

  constructor(layout: Layout, reader: MemoryReader, codes: CodeCache, runtime: number) {
    const Walk = layout.traits.frames === "data-stack" ? DataStackWalk : FrameObjectWalk;
    this.#list = new ThreadList(layout, reader, runtime);
    this.#memory = reader.memory;
    this.#walk = new Walk(layout, reader, codes);
    this.#codes = codes;
    this.#verifier = new CodeVerifier(reader.memory, codes);
    this.#gil = new GilReader(layout, reader, runtime);
    this.#parked = new ParkedThreads(this.#gil);
    this.#stateLength = threadStateLength(layout);
    this.#runtime = runtime;
    this.#batch = reader.memory.batch(64 * 1024, this.#spanCapacity);
  }

  /** All threads, by interpreter (newest first), newest first. */
  get slots(): readonly ThreadSlot[] {
    return this.#list.slots;
  }

  /** Starts a sample, which one or more reads are made for. */
  begin(): void {
    for (const slot of this.slots) slot.startSample();
  }

  /**
   * Reads all stacks: afterwards each slot has its own, and an outcome. `stopped`: whether all threads are. Throws
   * `ProcessError` when the process is gone, `TargetError` or `MemoryError` when its list of threads cannot be followed.
   */
  read(stopped: "all" | "none"): void {
    this.#startReads(stopped === "all" ? stopped : []);
    if (this.#codes.trim()) this.#forgetCodes();
    if (stopped === "all") for (const slot of this.slots) slot.parked = false;
    const awake = this.#readAll();
    const woken = this.#parked.woken(this.slots, this.#batch, this.#heads);
    this.#settle(awake);
    if (woken.length > 0) this.#readFirst(woken);
    this.#parked.park(this.slots);
  }

  /** Reads some of the stacks again while these threads, by id, are stopped. */
  readAgain(slots: readonly ThreadSlot[], stopped: readonly number[]): void {
    this.#startReads(stopped);
    for (const slot of slots) slot.parked = false;
    this.#readFirst(slots);
  }

  #readFirst(slots: readonly ThreadSlot[]): void {
    for (const slot of slots) slot.startReads();
    this.#read(slots);
    this.#settle(slots);
  }

  #startReads(stopped: readonly number[] | "all"): void {
    this.#stopped = stopped;
    this.#verifier.startSample();
  }

  #settle(slots: readonly ThreadSlot[]): void {
    let pending = this.#unsettled(slots);
    for (let round = 1; round < MAX_ROUNDS && pending.length > 0; round++) {
      this.#read(pending);
      pending = this.#unsettled(pending);
    }
    // Frames that fit together, and code objects that never proved to be theirs.
    for (const slot of pending) if (slot.outcome === "exact") slot.outcome = "torn";
  }

  /**
   * The thread list is read along with the stacks, and both again if it has changed. Returns the slots that were read: all
   * but those that are parked.
   */
  #readAll(): readonly ThreadSlot[] {
    for (let tries = 0; tries < MAX_LIST_READS; tries++) {
      const awake = this.#parked.awake(this.slots);
      for (const slot of awake) slot.startReads();
      if (this.#list.interpreters.length > 0 && this.#read(awake, true)) return awake;
      this.#readList();
      if (this.#list.interpreters.length === 0) throw new TargetError(this.#runtime, "no interpreters (yet, or any more)");
    }
    throw new TargetError(this.#runtime, "list of threads that never stays the same");
  }

  #forgetCodes(): void {
    this.#verifier.forget();
    this.#walk.forgetCodes();
    for (const slot of this.slots) slot.forget();
  }

  #readList(): void {
    const places: Place[] = [];
    this.#list.read();
    this.#list.addPlaces(places);
    this.#gil.addPlaces(this.#list.interpreters, this.slots.length, places);
    this.#heads = new NearSpans(places);
  }

  #unsettled(slots: readonly ThreadSlot[]): ThreadSlot[] {
    return slots.filter((slot) => slot.outcome !== "gone" && !this.#isSettled(slot));
  }

  #isSettled(slot: ThreadSlot): boolean {
    const settled = slot.outcome === "exact" && this.#verifier.verify(slot) && (slot.still || !slot.learnt);
    if (!settled) slot.kept.forget();
    else if (!slot.repeated) slot.keep(this.#batch);
    return settled;
  }

  /** Reads and walks. False, and nothing walked, when the list of threads was asked for, too, and there are others now. */
  #read(slots: readonly ThreadSlot[], withList = false): boolean {
    const batch = this.#emptyBatch(slots);
    for (const slot of slots) {
      slot.still = this.#stopped === "all" || this.#stopped.includes(slot.osThreadId);
      slot.span = batch.add(slot.address, this.#stateLength);
      this.#walk.addSpans(slot, batch);
      slot.spanEnd = batch.count;
    }
    this.#heads.addTo(batch);
    const whole = this.#readAtOnce(batch);
    if (withList && !this.#list.holds(batch, this.#heads)) return false;
    this.#gil.read(slots, batch, this.#heads);
    for (const slot of slots) {
      const isSame = whole && slot.repeats(batch);
      slot.repeated = isSame && !slot.still;
      slot.moved ||= !isSame;
      if (slot.repeated) slot.outcome = "exact";
      else this.#walkSlot(slot, batch);
    }
    return true;
  }

  #walkSlot(slot: ThreadSlot, batch: ReadBatch): void {
    const { size } = this.#codes;
    slot.startWalk();
    slot.outcome = this.#list.isThreadState(slot, batch) ? this.#walk.walk(slot, batch) : "gone";
    slot.learnt = this.#codes.size > size;
  }

  /**
   * A read that took much longer than reads do stopped half-way, for an interrupt or for caches that had gone cold, and
   * what it copied is of more than one moment. It is made again: how long it took says nothing of what the target was
   * doing, so no kind of stack is favoured. Where threads are stopped, one read will do. Returns whether every span came whole.
   */
  #readAtOnce(batch: ReadBatch): boolean {
    for (let attempt = 1; ; attempt++) {
      const start = performance.now();
      const whole = this.#memory.readBatch(batch) === batch.count;
      const took = (performance.now() - start) / batch.count;
      this.#usualTime = Math.min(this.#usualTime * USUAL_TIME_GROWTH, took);
      if (this.#stopped.length > 0 || attempt === MAX_SLOW_READS || took < this.#usualTime * SLOW) return whole;
    }
  }

  #emptyBatch(slots: readonly ThreadSlot[]): ReadBatch {
    let spans = slots.length + this.#heads.count;
    let bytes = slots.length * this.#stateLength + this.#heads.bytes + spans * SPAN_PADDING;
    for (const slot of slots) {
      const walkSpans = this.#walk.spansNeeded(slot);
      bytes += this.#walk.bytesNeeded(slot) + walkSpans * SPAN_PADDING;
      spans += walkSpans;
    }
    if (bytes > this.#batch.bytes.length || spans > this.#spanCapacity) {
      this.#spanCapacity = Math.max(spans * 2, this.#spanCapacity);
      this.#batch = this.#memory.batch(Math.max(bytes * 2, this.#batch.bytes.length), this.#spanCapacity);
    }
    this.#batch.clear();
    return this.#batch;
  }
}

/** Bytes of a thread state up to the last field that is read of it. */
function threadStateLength({ threadState, pointerSize }: Layout): number {
  const { next, interp, threadId, nativeThreadId, frame, cframe, currentFrame, datastackChunk, datastackTop, holdsGil } = threadState;
  const fields = [next, interp, threadId, nativeThreadId, frame, cframe, currentFrame, datastackChunk, datastackTop, holdsGil];
  return Math.max(...fields.map((field) => field ?? 0)) + pointerSize;
}
