import type { Disturbance } from "./disturbance.ts";
import { machineLine } from "./machine.ts";
import { median, OURS, ratios, type Report, type ScenarioReport, type Summary } from "./report.ts";
import type { Rate } from "./profiler.ts";
import type { WholeRecording } from "./whole-recordings.ts";

const columns = [
  "depth",
  "asked",
  "profiler",
  "samples/s",
  "CPU µs/sample",
  "CPU % of a core",
  "calls/sample",
  "torn %",
  "failed %",
  "legal %",
  "ours : samples/s",
  "CPU/sample : ours",
] as const;

const absent = "–";

const kinds = {
  busy: "a stack that stays (busy)",
  churn: "a stack that never rests (churn)",
  generators: "generators in generators",
  coroutines: "coroutines in coroutines",
  threads: "threads, of which one works (depth: how many)",
} as const;

/** The whole report as text, or as Markdown. */
export function formatReport(report: Report, markdown: boolean): string {
  const parts = [...header(report)];
  for (const [title, scenarios] of byPythonAndProgram(report.scenarios)) {
    const rows = scenarios.flatMap((scenario) => rowsOf(scenario));
    parts.push(markdown ? `### ${title}` : title, markdown ? markdownTable(rows) : plainTable(rows), ...failuresOf(scenarios));
  }
  parts.push(...costParts(report, markdown));
  return `${parts.join("\n\n")}\n`;
}

/** Of the parts that were measured. */
function costParts({ disturbances, leafShares, wholeRecordings, startUp }: Report, markdown: boolean): readonly string[] {
  const tables: [string, readonly string[], readonly (readonly string[])[]][] = [];
  if (disturbances.length > 0) {
    const rows = disturbances.map((row) => [row.python, row.kind, row.profiler, row.mode, asked(row.rate), ...disturbanceCells(row), row.failure?.slice(0, 80) ?? ""]);
    tables.push(["What the target loses", ["Python", "stack", "profiler", "mode", "rate", "slow-down %", "rounds", "CPU % of a core", "peak MiB", ""], rows]);
  }
  if (leafShares.length > 0) {
    const leaves = Object.keys(leafShares[0]?.shares ?? {});
    const rows = leafShares.map((row) => [
      row.python, row.profiler, row.mode, Math.round(row.samples).toLocaleString("en"), ...leaves.map((leaf) => percent(row.shares[leaf] ?? 0)), percent(row.off), row.failure?.slice(0, 80) ?? "",
    ]);
    tables.push(["Innermost functions of a moving stack, in % of the samples", ["Python", "profiler", "mode", "samples", ...leaves, "off by", ""], rows]);
  }
  if (wholeRecordings.length > 0) {
    const rows = wholeRecordings.map((row) => [row.python, row.kind, row.profiler, digits(row.seconds), digits(row.user), digits(row.system), timesOurs(row, wholeRecordings), row.failure?.slice(0, 80) ?? ""]);
    tables.push(["`record` of 100 threads at 100 Hz for 3 s, start and end included", ["Python", "stack", "profiler", "s", "user s", "system s", "CPU : ours", ""], rows]);
  }
  if (startUp.length > 0) {
    const rows = startUp.map(({ command, milliseconds, limit, failure }) => [command, digits(milliseconds), limit === undefined ? "" : digits(limit), limit !== undefined && milliseconds > limit ? "too slow" : "", failure ?? ""]);
    tables.push(["Start-up", ["command", "ms", "at most", "", ""], rows]);
  }
  return tables.flatMap(([title, head, rows]) => [markdown ? `### ${title}` : title, markdown ? markdownTable(rows, head) : plainTable(rows, head)]);
}

function timesOurs(row: WholeRecording, all: readonly WholeRecording[]): string {
  const ours = all.find(({ python, kind, profiler }) => python === row.python && kind === row.kind && profiler === OURS);
  return ours === undefined || ours === row ? absent : digits((row.user + row.system) / (ours.user + ours.system));
}

function disturbanceCells({ slowDown, rounds, cpu, peakMiB }: Disturbance): readonly string[] {
  return [percent(slowDown), rounds.map(percent).join(" "), percent(cpu), digits(peakMiB)];
}

function header({ machine, options, scenarios }: Report): readonly string[] {
  const measurements = scenarios.flatMap(({ results }) => results.flatMap((result) => result.measurements));
  const others = measurements.map((measurement) => measurement.others);
  const stolen = measurements.map((measurement) => measurement.stolen);
  const noise =
    others.length === 0
      ? ""
      : ` Meanwhile other processes used ${percent(median(others))} % of a core (at most ${percent(Math.max(...others))} %),` +
        ` the host took ${percent(median(stolen))} % (at most ${percent(Math.max(...stolen))} %).`;
  const how = `Medians of ${options.rounds} rounds of ${options.seconds} s each; all profilers by turns on the same process.`;
  return [machineLine(machine), how + noise];
}

function byPythonAndProgram(scenarios: readonly ScenarioReport[]): ReadonlyMap<string, readonly ScenarioReport[]> {
  const groups = new Map<string, ScenarioReport[]>();
  for (const scenario of scenarios) {
    const title = `Python ${scenario.python}, ${kinds[scenario.program]}`;
    groups.set(title, [...(groups.get(title) ?? []), scenario]);
  }
  return groups;
}

function rowsOf(scenario: ScenarioReport): readonly (readonly string[])[] {
  const rates = [...new Set(scenario.results.map((result) => result.rate))];
  return rates.flatMap((rate) =>
    scenario.results.filter((result) => result.rate === rate).map(({ profiler, summary }) => rowOf(scenario, profiler, rate, summary)),
  );
}

function rowOf(scenario: ScenarioReport, profiler: string, rate: Rate, summary: Summary | undefined): readonly string[] {
  const about = [String(scenario.depth), asked(rate), profiler];
  if (!summary) return columns.map((_, index) => about[index] ?? absent);
  const ratio = profiler === OURS ? undefined : ratios(scenario, rate, summary);
  return [
    ...about,
    Math.round(summary.samplesPerSecond).toLocaleString("en"),
    digits(summary.cpuPerSample),
    percent(summary.cpu),
    summary.callsPerSample === undefined ? absent : digits(summary.callsPerSample),
    percent(summary.torn),
    percent(summary.failed),
    summary.legal === undefined ? absent : percent(summary.legal),
    ratio && rate === "top" ? digits(ratio.samples) : absent,
    ratio ? digits(ratio.cpu) : absent,
  ];
}

/** Once for each kind: the same failure mostly comes in every round. */
function failuresOf(scenarios: readonly ScenarioReport[]): readonly string[] {
  const lines = scenarios.flatMap(({ depth, results }) =>
    results.flatMap(({ profiler, rate, failures }) =>
      failures.slice(0, 1).map((failure) => `Depth ${depth}, ${profiler} at ${asked(rate)}, ${failures.length} failed: ${failure}`),
    ),
  );
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function markdownTable(rows: readonly (readonly string[])[], head: readonly string[] = columns): string {
  const alignment = head.map((column) => (isText(column) ? "---" : "---:"));
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function plainTable(rows: readonly (readonly string[])[], head: readonly string[] = columns): string {
  const widths = head.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (isText(head[index]) ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map((cells) => line(cells))].join("\n");
}

const textColumns = new Set(["profiler", "Python", "stack", "mode", "rounds", "command", ""]);

function isText(column: string | undefined): boolean {
  return column !== undefined && textColumns.has(column);
}

function asked(rate: Rate): string {
  return rate === "top" ? "top" : `${rate} Hz`;
}

function percent(share: number): string {
  return digits(share * 100);
}

/** Three significant digits. */
function digits(value: number): string {
  if (Number.isNaN(value)) return absent;
  if (value < 0) return `-${digits(-value)}`;
  if (value === 0) return "0";
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
