import { machineLine } from "./machine.ts";
import { median, OURS, ratios, type Report, type ScenarioReport, type Summary } from "./report.ts";
import type { Rate } from "./profiler.ts";

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

/** The whole report as text, or as Markdown. */
export function formatReport(report: Report, markdown: boolean): string {
  const parts = [...header(report)];
  for (const [title, scenarios] of byPythonAndProgram(report.scenarios)) {
    const rows = scenarios.flatMap((scenario) => rowsOf(scenario));
    parts.push(markdown ? `### ${title}` : title, markdown ? markdownTable(rows) : plainTable(rows), ...failuresOf(scenarios));
  }
  return `${parts.join("\n\n")}\n`;
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
    const kind = scenario.program === "busy" ? "a stack that stays" : "a stack that never rests";
    const title = `Python ${scenario.python}, ${kind} (${scenario.program}.py)`;
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

function markdownTable(rows: readonly (readonly string[])[]): string {
  const alignment = columns.map((column) => (isText(column) ? "---" : "---:"));
  return [columns, alignment, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function plainTable(rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (isText(columns[index]) ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(columns), ...rows.map((cells) => line(cells))].join("\n");
}

function isText(column: string | undefined): boolean {
  return column === "profiler";
}

function asked(rate: Rate): string {
  return rate === "top" ? "top" : `${rate} Hz`;
}

function percent(share: number): string {
  return digits(share * 100);
}

/** Three significant digits. */
function digits(value: number): string {
  if (value === 0) return "0";
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
