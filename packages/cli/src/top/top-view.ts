import type { ThreadRowId } from "./thread-table.ts";

/** Column that rows are sorted by, numbered as on the screen: own and total share of the window, own and total time. */
export type SortColumn = 1 | 2 | 3 | 4;

/** What the user has chosen to see. */
export interface TopView {
  /** Functions (or lines), or the list of threads. */
  readonly list: "functions" | "threads";
  /** Lines instead of functions. */
  readonly lines: boolean;
  readonly sort: SortColumn;
  /** Smallest first. */
  readonly reversed: boolean;
  /** First row shown; drawing brings it into range, and the cursor. */
  readonly scroll: number;
  /** Only rows with this text in them. */
  readonly search: string;
  /** Keys go to the search text. */
  readonly isSearching: boolean;
  readonly isPaused: boolean;
  readonly isHelpShown: boolean;
  /** Only this thread's functions. */
  readonly thread: ThreadRowId | undefined;
  /** Thread marked in the list of threads. */
  readonly cursor: ThreadRowId | undefined;
  /** Said once at the foot, until the next key. */
  readonly notice: string;
}

export const START_VIEW: TopView = {
  list: "functions",
  lines: false,
  sort: 3,
  reversed: false,
  scroll: 0,
  search: "",
  isSearching: false,
  isPaused: false,
  isHelpShown: false,
  thread: undefined,
  cursor: undefined,
  notice: "",
};

/** What was on the screen when the key was pressed. */
export interface Shown {
  readonly rowCount: number;
  /** Rows that fit. */
  readonly rowsFit: number;
  readonly scroll: number;
  /** In the list of threads: all of them in their order, and the one that is marked. */
  readonly threads: readonly ThreadRowId[];
  readonly cursor: ThreadRowId | undefined;
}

export type ViewAction =
  | { readonly do: "sort"; readonly by: SortColumn }
  | { readonly do: "scroll"; readonly by: "line" | "page" | "all"; readonly down: boolean }
  | { readonly do: "type"; readonly text: string }
  | { readonly do: "reverse" | "lines" | "help" | "close-help" | "pause" | "threads" | "search" | "erase" | "erase-all" | "enter" | "escape" };

/** The view after an action. */
export function changeView(view: TopView, action: ViewAction, shown: Shown): TopView {
  switch (action.do) {
    case "sort":
      return { ...view, sort: action.by, scroll: 0 };
    case "reverse":
      return { ...view, reversed: !view.reversed, scroll: 0 };
    case "lines":
      return { ...view, lines: !view.lines, scroll: 0 };
    case "help":
      return { ...view, isHelpShown: !view.isHelpShown };
    case "close-help":
      return { ...view, isHelpShown: false };
    case "pause":
      return { ...view, isPaused: !view.isPaused };
    case "threads":
      return { ...view, list: view.list === "threads" ? "functions" : "threads", scroll: 0, search: "", cursor: view.thread };
    case "scroll":
      return view.list === "threads" ? moveCursor(view, action, shown) : { ...view, scroll: scrolled(action, shown) };
    case "search":
      return { ...view, isSearching: true, isHelpShown: false };
    case "type":
      return { ...view, search: view.search + action.text, scroll: 0 };
    case "erase":
      return { ...view, search: [...view.search].slice(0, -1).join(""), isSearching: view.search !== "", scroll: 0 };
    case "erase-all":
      return { ...view, search: "", scroll: 0 };
    case "enter":
      return enter(view, shown);
    case "escape":
      return escape(view);
  }
}

function scrolled(action: Extract<ViewAction, { do: "scroll" }>, { rowCount, rowsFit, scroll }: Shown): number {
  const last = Math.max(rowCount - rowsFit, 0);
  return Math.min(Math.max(scroll + step(action, rowCount, rowsFit), 0), last);
}

function moveCursor(view: TopView, action: Extract<ViewAction, { do: "scroll" }>, { threads, cursor, rowsFit, scroll }: Shown): TopView {
  const place = Math.max(threads.indexOf(cursor ?? -1), 0);
  const next = Math.min(Math.max(place + step(action, threads.length, rowsFit), 0), threads.length - 1);
  return { ...view, cursor: threads[next], scroll: Math.min(Math.max(scroll, next - rowsFit + 1), next) };
}

function step({ by, down }: Extract<ViewAction, { do: "scroll" }>, rowCount: number, rowsFit: number): number {
  const length = by === "line" ? 1 : by === "page" ? Math.max(rowsFit - 1, 1) : rowCount;
  return down ? length : -length;
}

function enter(view: TopView, { cursor }: Shown): TopView {
  if (view.isSearching) return { ...view, isSearching: false };
  if (view.list === "functions") return view;
  return { ...view, list: "functions", thread: cursor, search: "", scroll: 0 };
}

/** Takes back one choice, the latest first. */
function escape(view: TopView): TopView {
  if (view.isHelpShown) return { ...view, isHelpShown: false };
  if (view.isSearching || view.search !== "") return { ...view, isSearching: false, search: "", scroll: 0 };
  if (view.list === "threads") return { ...view, list: "functions", scroll: 0 };
  return { ...view, thread: undefined, scroll: 0 };
}
