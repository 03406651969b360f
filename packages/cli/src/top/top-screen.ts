import { visible } from "../visible.ts";
import { fitLine, type Line, span } from "./styled-line.ts";
import { headerLines, type TopInfo } from "./top-header.ts";
import { helpLines } from "./top-help.ts";
import type { TopStatistics } from "./top-statistics.ts";
import { rowHeight, tableHead, tableLines, tableRows, type TableRow } from "./top-table.ts";
import type { Shown, TopView } from "./top-view.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Screen {
  /** As many as the size has rows, none wider than its columns. */
  readonly lines: readonly Line[];
  /** What the next key refers to; its `scroll` is the view's, brought into range. */
  readonly shown: Shown;
}

/** The whole screen: header, table or help, foot. */
export function topScreen(statistics: TopStatistics, info: TopInfo, view: TopView, size: ScreenSize): Screen {
  const { columns: width, rows: height } = size;
  const head = view.isHelpShown ? [] : [...headerLines(statistics, info, view, width), ...tableHead(view, width)];
  const room = Math.max(height - head.length - 1, 0);
  const rows = tableRows(statistics, info, view);
  const shown = shownRows(rows, view, Math.max(Math.floor(room / rowHeight(width)), 1));
  const body = view.isHelpShown
    ? helpLines(width)
    : rows.slice(shown.scroll, shown.scroll + shown.rowsFit).flatMap((row) => tableLines(row, info, shown.cursor, view, width));
  const filled = [...head, ...body.slice(0, room), ...Array.from({ length: Math.max(room - body.length, 0) }, (): Line => [])];
  const lines = [...filled.slice(0, height - 1), footLine(view, shown, width)];
  return { lines: lines.slice(-height).map((line) => fitLine(line, width)), shown };
}

function shownRows(rows: readonly TableRow[], { scroll, cursor, list }: TopView, rowsFit: number): Shown {
  const threads = rows.flatMap(({ thread }) => (thread === undefined ? [] : [thread]));
  const marked = list === "threads" ? Math.max(threads.indexOf(cursor ?? -1), 0) : -1;
  // The order may have changed under the cursor.
  const following = marked < 0 ? scroll : Math.min(Math.max(scroll, marked - rowsFit + 1), marked);
  const last = Math.max(rows.length - rowsFit, 0);
  return { rowCount: rows.length, rowsFit, scroll: Math.min(Math.max(following, 0), last), threads, cursor: threads[marked] };
}

function footLine(view: TopView, { scroll, rowsFit, rowCount }: Shown, width: number): Line {
  if (view.isSearching) return [span("Search: ", "bold"), span(visible(view.search)), span(" ", "marked"), span("  Enter keeps, Esc clears", "dim")];
  if (view.notice !== "") return [span(visible(view.notice), "bold")];
  if (view.isHelpShown) return [span("Press "), span("X", "bold"), span(" to leave help.")];
  const hint = view.list === "threads" ? THREADS_HINT : width < NARROW ? SHORT_HINT : QUIT_HINT;
  const search = view.search === "" ? [] : [span(`  ${rowCount} with "${visible(view.search)}" (Esc: all)`, "dim")];
  const place = rowCount > rowsFit ? [span(`  ${scroll + 1}-${Math.min(scroll + rowsFit, rowCount)} of ${rowCount}`, "dim")] : [];
  return [...hint, ...search, ...place];
}

const THREADS_HINT: Line = [span("Enter", "bold"), span(" shows one thread, "), span("Esc", "bold"), span(" goes back.")];
const SHORT_HINT: Line = [span("q", "bold"), span(": quit, "), span("?", "bold"), span(": help")];
/** Below this the foot says less. */
const NARROW = 51;
const QUIT_HINT: Line = [span("Press "), span("q", "bold"), span(" to quit, or "), span("?", "bold"), span(" for help.")];

/** Header and table as they are, for a report: of any width and length, without what is about keys. */
export function reportLines(statistics: TopStatistics, info: TopInfo, view: TopView, width: number, maxRows: number): Line[] {
  const rows = tableRows(statistics, info, view).slice(0, maxRows);
  const lines = [...headerLines(statistics, info, view, width), ...tableHead(view, width), ...rows.flatMap((row) => tableLines(row, info, undefined, view, width))];
  return lines.map((line) => fitLine(line, width));
}
