import { visible } from "../visible.ts";
import type { TallyRow } from "./frame-tally.ts";
import { percentText } from "./seconds-text.ts";
import { fitLine, type Line, lineText, padLine, type Span, span } from "./styled-line.ts";
import type { ThreadRowId } from "./thread-table.ts";
import { threadText, timeText, type TopInfo } from "./top-header.ts";
import type { ThreadActivity, TopStatistics } from "./top-statistics.ts";
import type { SortColumn, TopView } from "./top-view.ts";

/** A row of either list: four numbers in the order of the columns, and what they are of. */
export interface TableRow {
  /** Shares of the window, then intervals since the start. */
  readonly values: readonly [number, number, number, number];
  readonly label: Line;
  /** In the list of threads. */
  readonly thread: ThreadRowId | undefined;
}

interface Column {
  readonly number: SortColumn;
  readonly title: string;
  readonly width: number;
  /** Titles stand where py-spy has them, with room for a mark before each. */
  readonly headWidth: number;
}

/** Width from which a row fits on one line. */
const WIDE = 51;
const UP = "▲";
const DOWN = "▼";
const INDENT = "  ";

/** Rows of the list that the view is of, searched and sorted. */
export function tableRows(statistics: TopStatistics, info: TopInfo, view: TopView): TableRow[] {
  const intervals = statistics.window.intervals(info.interval);
  const share = (value: number) => (intervals === 0 ? 0 : value / intervals);
  const ofMany = statistics.processCount() > 1;
  const rows =
    view.list === "threads"
      ? statistics.threads().map((activity) => threadTableRow(activity, ofMany, share))
      : statistics.rows(view.lines).map((row) => functionTableRow(row, share));
  const wanted = view.search.toLowerCase();
  const found = wanted === "" ? rows : rows.filter(({ label }) => lineText(label).toLowerCase().includes(wanted));
  return found.sort(order(view));
}

function functionTableRow({ name, file, line, own, total, ownEver, totalEver }: TallyRow, share: (value: number) => number): TableRow {
  const place = [span(" ("), span(visible(file), "file"), span(line === 0 ? "" : `:${line}`, "dim"), span(")")];
  const label = [span(visible(name), "name"), ...(file === "" ? [] : place)];
  return { values: [share(own), share(total), ownEver, totalEver], label, thread: undefined };
}

function threadTableRow({ thread, window, ever }: ThreadActivity, ofMany: boolean, share: (value: number) => number): TableRow {
  const state = window ? window.state : "ended";
  const label = [span(state.padEnd(11), window?.state === "idle" || !window ? "dim" : "name"), span(threadText(thread)), span(ofMany ? ` in process ${thread.pid}` : "")];
  return { values: [share(window?.own ?? 0), share(window?.gil ?? 0), ever.own, ever.gil], label, thread: thread.id };
}

/** By the sorted column, then by own and total time, then by text, so that rows of equal numbers keep their places. */
function order({ sort, reversed }: TopView): (left: TableRow, right: TableRow) => number {
  const sign = reversed ? -1 : 1;
  return (left, right) => {
    for (const place of [sort - 1, 2, 3]) {
      const difference = right.values[place]! - left.values[place]!;
      if (difference !== 0) return sign * difference;
    }
    return compareText(lineText(left.label), lineText(right.label));
  };
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** How many lines the head and each row take. */
export function rowHeight(width: number): 1 | 2 {
  return width >= WIDE ? 1 : 2;
}

export function tableHead(view: TopView, width: number): Line[] {
  const label = view.list === "threads" ? "State      Thread" : view.lines ? "Function (filename:line)" : "Function (filename)";
  const numbers = visibleColumns(view, width).flatMap((column) => headCell(column, view));
  const lines = rowHeight(width) === 1 ? [[...numbers, span(`  ${label}`, "heading")]] : [numbers, [span(`${INDENT}${label}`, "heading")]];
  return lines.map((line) => padLine(fitLine(line, width), width, "heading"));
}

function headCell({ number, title, headWidth }: Column, { sort, reversed }: TopView): Span[] {
  if (number !== sort) return [span(title.padStart(headWidth), "heading")];
  const text = `${reversed ? UP : DOWN}${title}`;
  return [span(" ".repeat(headWidth - text.length), "heading"), span(text, "sorted")];
}

/** A row's line or two; that of the thread `marked` is marked. */
export function tableLines(row: TableRow, info: TopInfo, marked: ThreadRowId | undefined, view: TopView, width: number): Line[] {
  const isMarked = row.thread !== undefined && row.thread === marked;
  const numbers = visibleColumns(view, width).map((column) => span(cellText(row, column, info)));
  const lines = rowHeight(width) === 1 ? [[...numbers, span("   "), ...row.label]] : [numbers, [span(INDENT), ...row.label]];
  const fitted = lines.map((line) => fitLine(line, width));
  return isMarked ? fitted.map((line) => padLine([span(lineText(line), "marked")], width, "marked")) : fitted;
}

function cellText({ values }: TableRow, { number, width }: Column, info: TopInfo): string {
  const value = values[number - 1]!;
  const text = number <= 2 ? percentText(value) : timeText(value, info);
  return `${number === 1 ? "" : " "}${text.padStart(width)}`;
}

/** All four where they fit; else the one that is sorted by, and others from the left. */
function visibleColumns({ list, sort }: TopView, width: number): Column[] {
  const columns = list === "threads" ? THREAD_COLUMNS : FUNCTION_COLUMNS;
  let room = width - columns[sort - 1]!.width - 1;
  return columns.filter((column) => {
    if (column.number === sort) return true;
    room -= column.width + 1;
    return room >= 0;
  });
}

const FUNCTION_COLUMNS: readonly Column[] = [
  { number: 1, title: "%Own", width: 7, headWidth: 6 },
  { number: 2, title: "%Total", width: 7, headWidth: 9 },
  { number: 3, title: "OwnTime", width: 8, headWidth: 9 },
  { number: 4, title: "TotalTime", width: 9, headWidth: 11 },
];

const THREAD_COLUMNS: readonly Column[] = [
  { number: 1, title: "%Own", width: 7, headWidth: 6 },
  { number: 2, title: "%GIL", width: 7, headWidth: 9 },
  { number: 3, title: "OwnTime", width: 8, headWidth: 9 },
  { number: 4, title: "GILTime", width: 9, headWidth: 11 },
];
