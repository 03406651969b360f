import type { ProfileInfo } from "@pyspy/profile";
import type { TallyRow } from "./frame-tally.ts";
import { lineText, type Line } from "./styled-line.ts";
import type { TopInfo } from "./top-header.ts";
import { reportLines } from "./top-screen.ts";
import type { TopStatistics } from "./top-statistics.ts";
import { START_VIEW } from "./top-view.ts";

/** Rows of a printed report. */
const MAX_ROWS = 1000;
/** Wide enough for any row. */
const ANY_WIDTH = 10_000;

/** The report as lines of text: no line is cut. */
export function reportText(statistics: TopStatistics, info: TopInfo): Line[] {
  return reportLines(statistics, info, START_VIEW, ANY_WIDTH, MAX_ROWS).map((line) => [{ text: lineText(line).trimEnd(), style: "plain" }]);
}

/** A function, or a line of one. Shares are of the time sampled: 1 is one thread all the time. */
interface ReportedRow {
  readonly name: string;
  readonly file: string;
  /** null for functions, and where it is not known. */
  readonly line: number | null;
  readonly own: number;
  readonly total: number;
  /** Seconds. */
  readonly ownTime: number;
  readonly totalTime: number;
}

interface ReportedThread {
  readonly pid: number;
  /** Of the operating system; null if not known. */
  readonly osThreadId: number | null;
  readonly threadId: number;
  /** null if not known. */
  readonly name: string | null;
  readonly state: "active+gil" | "active" | "idle";
  readonly own: number;
  readonly gil: number;
  readonly ownTime: number;
  readonly gilTime: number;
}

/** What `pyspy top --json` prints. */
export interface ReportData {
  readonly version: 1;
  readonly pid: number;
  readonly command: readonly string[];
  readonly python: string;
  /** Start of sampling, ISO 8601. */
  readonly time: string;
  /** Seconds that were sampled. */
  readonly duration: number;
  /** Seconds between samples as asked for. */
  readonly interval: number;
  readonly samples: number;
  readonly errors: number;
  /** Samples that were due and could not be taken in time. */
  readonly late: number;
  /** Share of the time in which some thread held the GIL, and of active threads, summed over threads. */
  readonly gil: number;
  readonly active: number;
  readonly threads: readonly ReportedThread[];
  /** Most own time first. */
  readonly functions: readonly ReportedRow[];
  readonly lines: readonly ReportedRow[];
}

/** Of statistics that are finished: their window is all of the time. */
export function reportData(statistics: TopStatistics, info: ProfileInfo): ReportData {
  const { window } = statistics;
  const intervals = window.intervals(info.interval) || 1;
  const share = (value: number) => rounded(value / intervals);
  const seconds = (value: number) => rounded(value * info.interval);
  return {
    version: 1,
    pid: info.pid,
    command: info.commandLine,
    python: info.pythonVersion,
    time: new Date(info.startTime).toISOString(),
    duration: rounded(window.seconds),
    interval: info.interval,
    samples: window.ticks,
    errors: window.errors,
    late: window.late,
    gil: share(window.gil),
    active: share(window.active),
    threads: statistics.threads().map(({ thread: { pid, osThreadId, threadId, name }, ever }) => ({
      pid,
      osThreadId: osThreadId || null,
      threadId,
      name: name || null,
      state: ever.state,
      own: share(ever.own),
      gil: share(ever.gil),
      ownTime: seconds(ever.own),
      gilTime: seconds(ever.gil),
    })),
    functions: reportedRows(statistics.rows(false), share, seconds),
    lines: reportedRows(statistics.rows(true), share, seconds),
  };
}

function reportedRows(rows: readonly TallyRow[], share: (value: number) => number, seconds: (value: number) => number): ReportedRow[] {
  const sorted = rows.toSorted((left, right) => right.ownEver - left.ownEver || right.totalEver - left.totalEver);
  return sorted.map(({ name, file, line, ownEver, totalEver }) => ({
    name,
    file,
    line: line === 0 ? null : line,
    own: share(ownEver),
    total: share(totalEver),
    ownTime: seconds(ownEver),
    totalTime: seconds(totalEver),
  }));
}

/** Without the digits that only binary fractions have. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}
