import type { Profile } from "@pyspy/profile";
import type { Recording } from "@pyspy/sampler";
import { styleFor } from "../style.ts";
import { saveTop } from "./save-top.ts";
import { paint } from "./styled-line.ts";
import { Terminal } from "./terminal.ts";
import type { TopInfo } from "./top-header.ts";
import { actionOf } from "./top-keys.ts";
import { topScreen } from "./top-screen.ts";
import { TopStatistics } from "./top-statistics.ts";
import { changeView, type Shown, START_VIEW, type TopView } from "./top-view.ts";

/** Ticks after which the first numbers are shown, whatever the delay. */
const FIRST_TICKS = 10;
/** Bounds of how often to look for what the recording thread has sent, in milliseconds. */
const MIN_POLL = 5;
const MAX_POLL = 50;
const NO_ROWS: Shown = { rowCount: 0, rowsFit: 1, scroll: 0, threads: [], cursor: undefined };

export interface TopSessionOptions {
  /** Seconds between refreshes. */
  readonly delay: number;
  readonly files: "short" | "full";
  readonly subprocesses: boolean;
  /** Of saved files. */
  readonly name: string;
}

/** The live screen: takes what was recorded, draws, and does what keys say, until the recording ends. */
export class TopSession {
  readonly #recording: Recording;
  readonly #profile: Profile;
  readonly #statistics: TopStatistics;
  readonly #options: TopSessionOptions;
  readonly #isColoured: boolean = styleFor(true).name("x") !== "x";
  readonly #info: TopInfo;
  #view: TopView = START_VIEW;
  #shown: Shown = NO_ROWS;
  #terminal: Terminal | undefined;
  #takenSeconds = 0;
  /** The user has asked for the end. */
  hasQuit = false;

  constructor(recording: Recording, profile: Profile, statistics: TopStatistics, options: TopSessionOptions) {
    this.#recording = recording;
    this.#profile = profile;
    this.#statistics = statistics;
    this.#options = options;
    this.#info = { ...profile.info, subprocesses: options.subprocesses };
  }

  /** Order and kind of rows, for a report after the end. */
  get reportView(): TopView {
    const { lines, sort, reversed } = this.#view;
    return { ...START_VIEW, lines, sort, reversed };
  }

  /** Until the recording ends; rejects as it does. The terminal is as before, then. */
  async run(): Promise<void> {
    using terminal = new Terminal({ onKey: (key) => this.#press(key), onRedraw: () => this.#draw(), onHangUp: () => this.#quit() });
    this.#terminal = terminal;
    this.#draw();
    const poll = Math.min(Math.max(this.#options.delay * 100, MIN_POLL), MAX_POLL);
    const timer = setInterval(() => this.#update(), poll);
    try {
      await this.#recording.result;
    } finally {
      clearInterval(timer);
    }
  }

  /** Takes an increment, if one has come, and shows the numbers when they are due. */
  #update(): void {
    if (this.#profile.duration === this.#takenSeconds) return;
    this.#takenSeconds = this.#profile.duration;
    this.#statistics.take(this.#profile);
    if (this.#view.isPaused || !this.#isDue()) return;
    this.#statistics.refresh(this.#profile);
    this.#draw();
  }

  /** Increments come four times in a delay, each a little late: half of one more or less is no matter. */
  #isDue(): boolean {
    const { seconds, ticks } = this.#statistics.pending;
    const isFirst = this.#statistics.ever.ticks === 0;
    return seconds >= this.#options.delay * 0.875 || (isFirst && ticks >= FIRST_TICKS);
  }

  #draw(): void {
    const terminal = this.#terminal;
    if (!terminal) return;
    const { lines, shown } = topScreen(this.#statistics, this.#info, this.#view, terminal.size);
    this.#shown = shown;
    this.#view = { ...this.#view, scroll: shown.scroll, cursor: shown.cursor };
    terminal.draw(lines.map((line) => paint(line, this.#isColoured)));
  }

  #press(key: string): void {
    const action = actionOf(key, this.#view);
    if (!action) return;
    this.#view = { ...this.#view, notice: "" };
    switch (action.do) {
      case "quit":
        return this.#quit();
      case "suspend":
        return this.#terminal?.suspend();
      case "reset":
        this.#statistics.take(this.#profile);
        this.#statistics.reset();
        break;
      case "save":
        this.#save();
        break;
      case "redraw":
        break;
      default:
        this.#view = changeView(this.#view, action, this.#shown);
        this.#statistics.select(this.#view.thread, this.#profile);
    }
    this.#draw();
  }

  #save(): void {
    const { name, files } = this.#options;
    this.#statistics.take(this.#profile);
    if (!this.#view.isPaused) this.#statistics.refresh(this.#profile);
    this.#view = { ...this.#view, notice: saveTop(this.#profile, this.#statistics.ever.stacks, name, files) };
  }

  #quit(): void {
    this.hasQuit = true;
    this.#recording.stop();
  }
}
