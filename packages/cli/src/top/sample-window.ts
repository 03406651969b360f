import { type Profile, type ProfileCounts, type SampleCursor, SampleFlags } from "@pyspy/profile";
import { StackCounts } from "./stack-counts.ts";
import type { ThreadRowId, ThreadTable } from "./thread-table.ts";

/** Which samples count for functions and lines. */
export interface SampleFilter {
  /** Those of idle threads, too. */
  readonly idle: boolean;
  /** Only those of the thread that held the GIL. */
  readonly gil: boolean;
}

/** A thread's part in a window, in intervals. */
export interface ThreadCounts {
  /** Of the samples that count. */
  own: number;
  gil: number;
  /** As in the last sample. */
  state: ThreadState;
  /** Of the last sample, in seconds since the start of the recording. */
  time: number;
}

export type ThreadState = "active+gil" | "active" | "idle";

/** What was seen in some length of time; a sum of windows is a window. All but ticks, errors and late is in intervals. */
export class SampleWindow {
  readonly stacks: StackCounts = new StackCounts();
  readonly threads = new Map<ThreadRowId, ThreadCounts>();
  /** Times at which something was seen. */
  ticks = 0;
  /** Intervals that those stand for. */
  seen = 0;
  /** With a thread that held the GIL. */
  gil = 0;
  /** Of active threads, summed: two that are active all the time make two for each interval. */
  active = 0;
  errors = 0;
  late = 0;
  seconds = 0;
  /** Of the last tick, in seconds since the start of the recording. */
  lastTick: number = Number.NaN;

  /** Adds all samples of a tick or more; a tick's samples come together. */
  add(samples: SampleCursor, threads: ThreadTable, filter: SampleFilter): void {
    while (samples.next()) {
      const { thread, time, weight, flags } = samples;
      if (time !== this.lastTick) this.#addTick(time, weight);
      const isActive = (flags & SampleFlags.idle) === 0;
      const holdsGil = (flags & SampleFlags.gilHolder) !== 0;
      if (isActive) this.active += weight;
      if (holdsGil) this.gil += weight;
      const isCounted = (isActive || filter.idle) && (holdsGil || !filter.gil);
      if (isCounted) this.stacks.add(thread, samples.stack, weight);
      this.#addToThread(threads.rowOf(thread), {
        own: isCounted ? weight : 0,
        gil: holdsGil ? weight : 0,
        state: !isActive ? "idle" : holdsGil ? "active+gil" : "active",
        time,
      });
    }
  }

  addWindow(window: SampleWindow): void {
    this.stacks.addAll(window.stacks);
    for (const [row, counts] of window.threads) this.#addToThread(row, counts);
    this.ticks += window.ticks;
    this.seen += window.seen;
    this.gil += window.gil;
    this.active += window.active;
    this.errors += window.errors;
    this.late += window.late;
    this.seconds += window.seconds;
    if (window.ticks > 0) this.lastTick = window.lastTick;
  }

  /**
   * What percentages are of: the intervals seen and, since a tick at which no thread ran Python leaves no sample, those
   * of the time that is not accounted for. Intervals vary, so a little is none; so is what is left of the time between two
   * samples, which is many intervals where ticks are skipped.
   */
  intervals(interval: number): number {
    const elapsed = this.seconds / interval;
    const missing = elapsed - this.seen - this.errors;
    const usual = this.ticks > 0 ? this.seen / this.ticks : 1;
    return missing > 3 * usual + elapsed / 20 ? this.seen + missing : this.seen;
  }

  /** How many threads were there at the last tick. */
  threadCount(): number {
    let count = 0;
    for (const { time } of this.threads.values()) if (time === this.lastTick) count++;
    return count;
  }

  #addTick(time: number, weight: number): void {
    this.lastTick = time;
    this.ticks++;
    this.seen += weight;
  }

  #addToThread(row: ThreadRowId, { own, gil, state, time }: ThreadCounts): void {
    const counts = this.threads.get(row);
    if (!counts) {
      this.threads.set(row, { own, gil, state, time });
      return;
    }
    counts.own += own;
    counts.gil += gil;
    counts.state = state;
    counts.time = time;
  }
}

/** The profile's counts that go up, as they were at some time. */
export type CountsBefore = Pick<ProfileCounts, "errors" | "late"> & { readonly seconds: number };

export function countsOf({ counts, duration }: Profile): CountsBefore {
  return { errors: counts.errors, late: counts.late, seconds: duration };
}
