import type { RecordingProgress } from "@pyspy/sampler";
import { isTerminal } from "./is-terminal.ts";
import { tell } from "./message.ts";

const STDERR = 2;
const REFRESH_MS = 200;
const CLEAR_LINE = "\r\u001b[2K";
const DEFAULT_COLUMNS = 80;

/** One line about a recording on the terminal, drawn anew until it is disposed of. */
export class ProgressLine implements Disposable {
  readonly #progress: RecordingProgress;
  readonly #duration: number;
  readonly #timer: NodeJS.Timeout;
  #start: number = performance.now();

  constructor(progress: RecordingProgress, duration: number) {
    this.#progress = progress;
    this.#duration = duration;
    this.#timer = setInterval(() => this.#draw(), REFRESH_MS);
  }

  /** Makes room for something else. */
  clear(): void {
    tell(STDERR, CLEAR_LINE);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #draw(): void {
    const text = progressText(this.#progress, (performance.now() - this.#start) / 1000, this.#duration);
    // What counts is recorded time.
    if (this.#progress.ticks === 0) this.#start = performance.now();
    // A line that wraps could not be cleared.
    const columns = process.stderr.columns || DEFAULT_COLUMNS;
    tell(STDERR, `${CLEAR_LINE}${text.slice(0, columns - 1)}`);
  }
}

/** Nothing where stderr is no terminal. */
export function showProgress(progress: RecordingProgress, duration: number): ProgressLine | undefined {
  return isTerminal(STDERR) ? new ProgressLine(progress, duration) : undefined;
}

/** "12.3s of 30s  1230 samples  100/s  0 errors  4 threads"; the rate is that of reading the process. */
export function progressText(progress: RecordingProgress, elapsed: number, duration: number): string {
  const { ticks, samples, errors, threads } = progress;
  if (ticks === 0) return "Waiting for Python to start";
  const length = Number.isFinite(duration) ? ` of ${duration}s` : "";
  const rate = elapsed > 0 ? Math.round(ticks / elapsed) : 0;
  return [`${elapsed.toFixed(1)}s${length}`, count(samples, "sample"), `${rate}/s`, count(errors, "error"), count(threads, "thread")].join("  ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
