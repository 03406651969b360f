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

/** Who the threads are: operating system ids where Python does not tell, and names. */
export class ThreadIdentity {
  readonly #process: Process;
  readonly #names: ThreadNames;
  readonly #ids: OsThreadIds | undefined;
  readonly #activity: Activity;
  #idsLearnt = false;
  #systemNames = new Map<number, string>();
  #refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(process: Process, layout: Layout, reader: MemoryReader, activity: Activity) {
    this.#process = process;
    this.#activity = activity;
    this.#names = new ThreadNames(layout, reader);
    this.#ids = layout.threadState.nativeThreadId === undefined ? new OsThreadIds(reader) : undefined;
  }

  /**
   * Sets `osThreadId` of the slots that have none yet, or that of a thread that has ended: its place in Python's list,
   * and its `pthread_t`, may be another thread's by now.
   */
  identify(slots: readonly ThreadSlot[]): void {
    if (!this.#ids) return;
    const unknown = slots.filter(({ osThreadId }) => osThreadId === 0 || !this.#exists(osThreadId));
    if (unknown.length === 0) return;
    const main = this.mainThread(slots);
    if (!this.#idsLearnt && main) this.#idsLearnt = this.#ids.learn(main.threadId, this.#process.pid);
    for (const slot of unknown) {
      if (slot.osThreadId !== 0) slot.since = performance.now();
      slot.osThreadId = this.#ids.idOf(slot.threadId, (id) => this.#exists(id));
    }
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
