import { type FrameView, viewFrame } from "@pyspy/formatters";
import type { Profile, StackColumns, StackId } from "@pyspy/profile";

/** A function, or one of its lines. */
export interface TallyRow {
  readonly name: string;
  /** "" if none. */
  readonly file: string;
  /** 0 if none. */
  readonly line: number;
  /** Intervals in the window in which it was innermost, or anywhere on the stack; then the same since the start. */
  own: number;
  total: number;
  ownEver: number;
  totalEver: number;
}

/** What the counts are of: the window, all time since the start, or both. */
type Counted = "window" | "ever" | "both";

/** Counts, for each function or line, the stacks that it is on. Frames that look the same are one row. */
export class FrameTally {
  readonly rows: TallyRow[] = [];
  readonly #view: Pick<FrameView, "files" | "lines">;
  readonly #rowIds = new Map<string, number>();
  /** Row by frame. */
  readonly #ofFrame: number[] = [];
  /** By row, the last stack that was counted for it: recursion counts once. */
  readonly #countedFor: number[] = [];
  #stacksCounted = 0;

  constructor(files: FrameView["files"], lines: FrameView["lines"]) {
    this.#view = { files, lines };
  }

  /** Adds intervals spent with these stacks. */
  add(profile: Profile, stacks: ReadonlyMap<StackId, number>, counted: Counted): void {
    this.#addRows(profile);
    const columns = profile.stackColumns();
    for (const [stack, weight] of stacks) this.#addStack(columns, stack, weight, counted);
  }

  clearWindow(): void {
    for (const row of this.rows) row.own = row.total = 0;
  }

  /** Forgets all counts; rows stay, since their frames do. */
  clear(): void {
    for (const row of this.rows) row.own = row.total = row.ownEver = row.totalEver = 0;
  }

  /** Makes the window all of the time. */
  widenWindow(): void {
    for (const row of this.rows) {
      row.own = row.ownEver;
      row.total = row.totalEver;
    }
  }

  #addRows({ frames }: Profile): void {
    for (let id = this.#ofFrame.length; id < frames.length; id++) {
      const { name, file, line } = viewFrame(frames[id]!, { threads: false, processes: false, ...this.#view });
      this.#ofFrame.push(this.#rowId(name === "" ? "<unknown>" : name, file, line));
    }
  }

  #rowId(name: string, file: string, line: number): number {
    const key = `${line} ${name.length} ${name}${file}`;
    const known = this.#rowIds.get(key);
    if (known !== undefined) return known;
    this.#rowIds.set(key, this.rows.length);
    this.#countedFor.push(0);
    return this.rows.push({ name, file, line, own: 0, total: 0, ownEver: 0, totalEver: 0 }) - 1;
  }

  #addStack({ parents, frames }: StackColumns, stack: StackId, weight: number, counted: Counted): void {
    const number = ++this.#stacksCounted;
    for (let at = stack; at !== 0; at = parents[at]!) {
      const id = this.#ofFrame[frames[at]!]!;
      if (this.#countedFor[id] === number) continue;
      this.#countedFor[id] = number;
      // The innermost frame is the first.
      addTo(this.rows[id]!, at === stack ? weight : 0, weight, counted);
    }
  }
}

function addTo(row: TallyRow, own: number, total: number, counted: Counted): void {
  if (counted !== "ever") {
    row.own += own;
    row.total += total;
  }
  if (counted !== "window") {
    row.ownEver += own;
    row.totalEver += total;
  }
}
