import type { Layout } from "@pyspy/layouts";
import type { Process } from "@pyspy/process";
import type { Activity } from "./activity.ts";
import type { Interpreter } from "./interpreters.ts";
import type { MemoryReader } from "./memory-reader.ts";
import { OsThreadIds } from "./os-thread-id.ts";
import { ThreadNames } from "./thread-names.ts";
import type { ThreadSlot } from "./thread-slot.ts";

/** The operating system's list of threads is read again at most this often. */
const REFRESH_MS = 200;
/** How often ids are guessed at in vain. */
const MAX_GUESSES = 16;

/** Who the threads are: operating system ids where Python does not tell, or not those of here, and names. */
export class ThreadIdentity {
  readonly #process: Process;
  readonly #names: ThreadNames;
  readonly #keptIds: boolean;
  readonly #ids: OsThreadIds;
  readonly #activity: Activity;
  readonly #identified = new WeakSet<ThreadSlot>();
  /** Ids in the process's own pid namespace, where that is another than ours. */
  #innerIds = new Map<number, number>();
  #idsLearnt = false;
  #guesses = 0;
  #systemNames = new Map<number, string>();
  #refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(process: Process, layout: Layout, reader: MemoryReader, activity: Activity) {
    this.#process = process;
    this.#activity = activity;
    this.#names = new ThreadNames(layout, reader);
    this.#keptIds = layout.threadState.nativeThreadId !== undefined;
    this.#ids = new OsThreadIds(reader);
  }

  /**
   * Sets `osThreadId` of the slots that have none yet, or that of a thread that has ended: its place in Python's list,
   * and its `pthread_t`, may be another thread's by now.
   */
  identify(slots: readonly ThreadSlot[]): void {
    if (this.#keptIds) this.#identifyKept(slots);
    else this.#identifyByPthread(slots);
  }

  #identifyByPthread(slots: readonly ThreadSlot[]): void {
    const unknown = slots.filter(({ osThreadId, moved, ended }) => (osThreadId === 0 ? !ended || moved : moved && !this.#exists(osThreadId)));
    if (unknown.length === 0) return;
    this.#readInnerIds();
    const main = this.mainThread(slots);
    if (!this.#idsLearnt && main) this.#learnIds(main);
    for (const slot of unknown) {
      if (slot.osThreadId !== 0) slot.since = performance.now();
      slot.osThreadId = this.#outerId(this.#ids.idOf(slot.threadId, (id) => this.#exists(this.#outerId(id))));
    }
    this.#findEnded(slots);
  }

  /** 2.7 keeps its parent's thread states when it forks. When each of the process's threads is known, the others are none. */
  #findEnded(slots: readonly ThreadSlot[]): void {
    const known = new Set(slots.map(({ osThreadId }) => osThreadId));
    const isComplete = known.has(0) && this.#process.threads().every(({ id }) => known.has(id));
    for (const slot of slots) slot.ended = isComplete && slot.osThreadId === 0;
  }

  /** Where C code started Python on another thread than the process's first, which thread that is has to be guessed. */
  #learnIds({ threadId }: ThreadSlot): void {
    this.#idsLearnt = this.#ids.learn(threadId, new Set([this.#innerPid()]));
    if (this.#idsLearnt || this.#guesses++ === MAX_GUESSES) return;
    const ids = this.#innerIds.size > 0 ? [...this.#innerIds.keys()] : this.#process.threads().map(({ id }) => id);
    this.#idsLearnt = this.#ids.learn(threadId, new Set(ids));
  }

  /**
   * Python keeps the id that the thread had for itself when its thread state was made. C code that forks without telling
   * Python leaves the parent's in it: the one thread that the child has then is the process's first.
   */
  #identifyKept(slots: readonly ThreadSlot[]): void {
    let isRead = false;
    for (const slot of slots) {
      if (slot.nativeThreadId === 0 || this.#identified.has(slot)) continue;
      if (!isRead) this.#readInnerIds();
      isRead = true;
      this.#identified.add(slot);
      slot.osThreadId = this.#idOfKept(slot);
      slot.ended = !this.#exists(slot.osThreadId);
    }
  }

  #idOfKept({ nativeThreadId, threadId }: ThreadSlot): number {
    const id = this.#outerId(nativeThreadId);
    const isForker = (id === 0 || !this.#exists(id)) && this.#ids.learn(threadId, new Set([this.#innerPid()]));
    return isForker ? this.#process.pid : id;
  }

  #readInnerIds(): void {
    this.#innerIds = new Map(this.#process.innerThreadIds());
  }

  /** The thread's id in our pid namespace; one that is no thread's is 0 where that is another. */
  #outerId(inner: number): number {
    return this.#innerIds.size === 0 ? inner : (this.#innerIds.get(inner) ?? 0);
  }

  /** The process's id in its own pid namespace. */
  #innerPid(): number {
    const { pid } = this.#process;
    for (const [inner, id] of this.#innerIds) if (id === pid) return inner;
    return pid;
  }

  #exists(osThreadId: number): boolean {
    return this.#activity.stateOf(osThreadId) !== "dead";
  }

  /** The thread that started the main interpreter: the oldest in its list, which is newest first. */
  mainThread(slots: readonly ThreadSlot[]): ThreadSlot | undefined {
    return slots.findLast((slot) => slot.interpreter.id === 0);
  }

  /**
   * What `threading` calls the thread, in the interpreter that it runs or else in the main one; else "MainThread" for the
   * main one, as `threading` would; else the name that the thread has been given for the operating system. "" when it
   * has none but the program's.
   */
  nameOf(slot: ThreadSlot, slots: readonly ThreadSlot[]): string {
    const main = this.mainThread(slots);
    const name = this.#nameIn(slot.interpreter, slot) || (main ? this.#nameIn(main.interpreter, slot) : "");
    if (name !== "" || slot === main) return name || "MainThread";
    const own = this.#systemName(slot.osThreadId) ?? "";
    return own === this.#systemName(this.#process.pid) ? "" : own;
  }

  #nameIn(interpreter: Interpreter, { threadId, since }: ThreadSlot): string {
    return this.#names.nameOf(interpreter, threadId, since);
  }

  #systemName(id: number): string | undefined {
    const known = this.#systemNames.get(id);
    if (known !== undefined || performance.now() - this.#refreshedAt < REFRESH_MS) return known;
    this.#refreshedAt = performance.now();
    this.#systemNames = new Map(this.#process.threads().map((thread) => [thread.id, thread.name]));
    return this.#systemNames.get(id);
  }
}
