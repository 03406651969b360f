import type { Process } from "@pyspy/process";

/** Processes and their children, from one look to the next. */
export class ProcessFamily {
  readonly #parents = new Map<number, number>();
  readonly #lastLooks = new Map<number, Look>();
  /** Children that came and went between two looks, at least: of several at a time of one parent, one is counted. */
  unseen = 0;

  /** 0 for one that was not seen as a child. */
  parentOf(pid: number): number {
    return this.#parents.get(pid) ?? 0;
  }

  /**
   * Children that were not there at the last look at this process. `isNew` says that it was not there either, so that
   * all that its children did is news. Throws `ProcessError`.
   */
  look(process: Process, isNew: boolean): readonly number[] {
    const { pid } = process;
    const before = this.#lastLooks.get(pid) ?? (isNew ? AT_BIRTH : undefined);
    const look: Look = { children: new Set(process.children()), faults: process.endedChildrenFaults() };
    this.#lastLooks.set(pid, look);
    if (before && hasUnseen(before, look)) this.unseen++;
    const born = [...look.children].filter((child) => !before?.children.has(child));
    for (const child of born) this.#parents.set(child, pid);
    return born;
  }

  forget(pid: number): void {
    this.#lastLooks.delete(pid);
  }
}

interface Look {
  readonly children: ReadonlySet<number>;
  readonly faults: number;
}

const AT_BIRTH: Look = { children: new Set(), faults: 0 };

/** A child has been waited for, and none that was known is missing. */
function hasUnseen(before: Look, now: Look): boolean {
  return now.faults !== before.faults && [...before.children].every((child) => now.children.has(child));
}
