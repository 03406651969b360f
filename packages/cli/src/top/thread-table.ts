import type { Profile, ThreadId } from "@pyspy/profile";

/** Place of a thread in a `ThreadTable`. */
export type ThreadRowId = number;

export interface ThreadRow {
  readonly id: ThreadRowId;
  readonly pid: number;
  /** 0 if not known. */
  readonly osThreadId: number;
  readonly threadId: number;
  /** "" while not known. */
  name: string;
}

/** The threads of a profile. One that the profile holds twice, since its name was learnt late, is one row. */
export class ThreadTable {
  readonly rows: ThreadRow[] = [];
  readonly #rowIds = new Map<string, ThreadRowId>();
  /** Row by the profile's thread. */
  readonly #ofThread: ThreadRowId[] = [];

  /** Takes in what the profile has got. */
  update(profile: Profile): void {
    for (let id = this.#ofThread.length; id < profile.threads.length; id++) this.#ofThread.push(this.#rowId(profile, id));
  }

  /** Row of a thread of the profile as it was at the last update. */
  rowOf(thread: ThreadId): ThreadRowId {
    return this.#ofThread[thread]!;
  }

  #rowId({ threads }: Profile, thread: ThreadId): ThreadRowId {
    const { pid, interpreter, osThreadId, threadId, name } = threads[thread]!;
    const key = `${pid} ${interpreter} ${osThreadId} ${threadId}`;
    const known = this.rows[this.#rowIds.get(key) ?? -1];
    if (known) {
      if (name !== "") known.name = name;
      return known.id;
    }
    const id = this.rows.length;
    this.rows.push({ id, pid, osThreadId, threadId, name });
    this.#rowIds.set(key, id);
    return id;
  }
}
