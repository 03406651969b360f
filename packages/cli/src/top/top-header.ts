import type { ProfileInfo } from "@pyspy/profile";
import { visible } from "../visible.ts";
import { percentText, secondsText } from "./seconds-text.ts";
import { type Line, lineText, span } from "./styled-line.ts";
import { fitText, textWidth } from "./text-width.ts";
import type { ThreadRow } from "./thread-table.ts";
import type { TopStatistics } from "./top-statistics.ts";
import type { TopView } from "./top-view.ts";

/** Errors are worth a word from this share of ticks on, and as soon as there are enough ticks to say. */
const MANY_ERRORS = 0.01;
const ENOUGH_TICKS = 100;
const MANY_LATE = 0.1;
/** Seconds. */
const WARM_UP = 1;
const TITLE = "Collecting samples from '";
/** Columns of the command that are worth showing. */
const MIN_COMMAND = 8;

/** What is being looked at. */
export interface TopInfo extends Pick<ProfileInfo, "interval" | "title" | "commandLine" | "pythonVersion"> {
  /** With its descendants. */
  readonly subprocesses: boolean;
}

/** What stands above the table. */
export function headerLines(statistics: TopStatistics, info: TopInfo, view: TopView, width: number): Line[] {
  const activity = wrapped(activityItems(statistics, info), width);
  const lines = [[span(titleText(info, width))], samplesLine(statistics, view), ...activity, selectionLine(statistics, view)];
  const late = lateText(statistics);
  return late === "" ? lines : [[span(late, "warning")], ...lines];
}

/** The command is cut rather than the version; before that, the words around go. */
function titleText({ commandLine, title, pythonVersion, subprocesses }: TopInfo, width: number): string {
  const after = `' (python v${visible(pythonVersion)})${subprocesses ? " and subprocesses" : ""}`;
  const command = visible(commandLine.join(" ") || title);
  const before = width - textWidth(TITLE) - textWidth(after) < MIN_COMMAND ? "'" : TITLE;
  return `${before}${fitText(command, Math.max(width - textWidth(before) - textWidth(after), MIN_COMMAND))}${after}`;
}

function samplesLine({ ever }: TopStatistics, { isPaused }: TopView): Line {
  const attempts = ever.ticks + ever.errors;
  const share = attempts === 0 ? 0 : ever.errors / attempts;
  const errors = attempts > ENOUGH_TICKS && share >= MANY_ERRORS ? `, Error Rate ${percentText(share)}` : "";
  const paused = isPaused ? [span("  "), span("PAUSED", "warning")] : [];
  return [span("Total Samples "), span(String(ever.ticks), "bold"), span(errors, "warning"), ...paused];
}

function activityItems(statistics: TopStatistics, { interval }: TopInfo): Line[] {
  const { window } = statistics;
  const intervals = window.intervals(interval);
  const share = (value: number) => percentText(intervals === 0 ? 0 : value / intervals);
  const processes = statistics.processCount();
  return [
    [span("GIL: "), span(share(window.gil), "bold")],
    [span("Active: "), span(share(window.active), "bold")],
    [span("Threads: "), span(String(window.threadCount()), "bold")],
    ...(processes > 1 ? [[span("Processes "), span(String(processes), "bold")]] : []),
  ];
}

/** Items with commas between them, on as many lines as they need. */
function wrapped(items: readonly Line[], width: number): Line[] {
  const lines: Line[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    const longer = last && [...last, span(", "), ...item];
    if (longer && textWidth(lineText(longer)) <= width) lines[lines.length - 1] = longer;
    else lines.push(item);
  }
  return lines;
}

function selectionLine(statistics: TopStatistics, { thread }: TopView): Line {
  const row = thread === undefined ? undefined : statistics.thread(thread);
  return row ? [span("Only "), span(threadText(row), "bold"), span("  (Esc: all threads)", "dim")] : [];
}

/** `Thread 1234 "name"`. */
export function threadText({ osThreadId, threadId, name }: ThreadRow): string {
  const id = osThreadId === 0 ? `0x${threadId.toString(16).toUpperCase()}` : String(osThreadId);
  return `Thread ${id}${name === "" ? "" : ` "${visible(name)}"`}`;
}

/** The first samples are late while everything warms up, and that is no matter. */
function lateText({ window: { ticks, late, seen }, ever }: TopStatistics): string {
  // Those that were skipped on purpose are in what was seen.
  const due = Math.max(ticks + late, Math.round(seen));
  if (ever.seconds < WARM_UP || late <= MANY_LATE * due) return "";
  return `Late: ${late} of ${due} samples, results may be inaccurate. Try a lower sampling rate`;
}

export function timeText(intervals: number, { interval }: TopInfo): string {
  return `${secondsText(intervals * interval)}s`;
}
