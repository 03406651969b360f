import type { FrameView } from "@pyspy/formatters";
import type { Profile } from "@pyspy/profile";
import { FrameTally, type TallyRow } from "./frame-tally.ts";
import { countsOf, type CountsBefore, type SampleFilter, type ThreadCounts, SampleWindow } from "./sample-window.ts";
import { type ThreadRow, type ThreadRowId, ThreadTable } from "./thread-table.ts";

/** A thread, what it did in the window (nothing if it was not seen there), and since the start. */
export interface ThreadActivity {
  readonly thread: ThreadRow;
  readonly window: ThreadCounts | undefined;
  readonly ever: ThreadCounts;
}

/**
 * What `top` shows, from a profile that grows: counts of the window, the time between the last two refreshes, and of
 * all time since the start or the last reset. Takes the samples out of the profile, so that memory is bounded by how
 * much code the process runs and not by how long.
 */
export class TopStatistics {
  readonly functions: FrameTally;
  readonly lines: FrameTally;
  /** The last window that was closed. */
  window: SampleWindow = new SampleWindow();
  ever: SampleWindow = new SampleWindow();
  readonly #filter: SampleFilter;
  readonly #threads: ThreadTable = new ThreadTable();
  /** What came since the last refresh. */
  #open: SampleWindow = new SampleWindow();
  #before: CountsBefore = { errors: 0, late: 0, seconds: 0 };
  #selected: ThreadRowId | undefined;

  constructor(filter: SampleFilter, files: FrameView["files"]) {
    this.#filter = filter;
    this.functions = new FrameTally(files, "none");
    this.lines = new FrameTally(files, "current");
  }

  /** Takes the samples that the profile has got. They are shown after the next refresh. */
  take(profile: Profile): void {
    this.#threads.update(profile);
    this.#open.add(profile.samples(), this.#threads, this.#filter);
    profile.takeSamples();
    const now = countsOf(profile);
    this.#open.errors += now.errors - this.#before.errors;
    this.#open.late += now.late - this.#before.late;
    this.#open.seconds += now.seconds - this.#before.seconds;
    this.#before = now;
  }

  /** Seconds, and ticks, that were taken since the last refresh. */
  get pending(): { readonly seconds: number; readonly ticks: number } {
    return this.#open;
  }

  /** Shows what was taken since the last refresh as the window, and in the counts since the start. */
  refresh(profile: Profile): void {
    this.window = this.#open;
    this.#open = new SampleWindow();
    this.ever.addWindow(this.window);
    const stacks = this.window.stacks.byStack(this.#isShown);
    for (const tally of this.#tallies) {
      tally.clearWindow();
      tally.add(profile, stacks, "both");
    }
  }

  /** Makes the window all time since the start, with what was taken last: for a report at the end. */
  finish(profile: Profile): void {
    this.refresh(profile);
    this.window = this.ever;
    for (const tally of this.#tallies) tally.widenWindow();
  }

  /** Forgets all samples so far. */
  reset(): void {
    this.window = new SampleWindow();
    this.ever = new SampleWindow();
    this.#open = new SampleWindow();
    for (const tally of this.#tallies) tally.clear();
  }

  /** Counts functions and lines in one thread only, or in all again. */
  select(thread: ThreadRowId | undefined, profile: Profile): void {
    if (thread === this.#selected) return;
    this.#selected = thread;
    const window = this.window.stacks.byStack(this.#isShown);
    const ever = this.ever.stacks.byStack(this.#isShown);
    for (const tally of this.#tallies) {
      tally.clear();
      tally.add(profile, window, "window");
      tally.add(profile, ever, "ever");
    }
  }

  /** Threads that were seen since the start or the last reset. */
  threads(): ThreadActivity[] {
    return [...this.ever.threads].map(([id, ever]) => ({ thread: this.#threads.rows[id]!, window: this.window.threads.get(id), ever }));
  }

  thread(id: ThreadRowId): ThreadRow | undefined {
    return this.#threads.rows[id];
  }

  /** How many processes the threads of the window belong to. */
  processCount(): number {
    return new Set([...this.window.threads.keys()].map((id) => this.#threads.rows[id]!.pid)).size;
  }

  /** Rows of functions or of lines that were seen. */
  rows(lines: boolean): TallyRow[] {
    return (lines ? this.lines : this.functions).rows.filter(({ totalEver }) => totalEver > 0);
  }

  get #tallies(): readonly FrameTally[] {
    return [this.functions, this.lines];
  }

  readonly #isShown = (thread: number): boolean => this.#selected === undefined || this.#threads.rowOf(thread) === this.#selected;
}
