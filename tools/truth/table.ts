import type { Verdict } from "./comparison.ts";
import { type CheckResult, hasPassed } from "./suite.ts";

const columns = ["Python", "check", "mode", "rate", "samples", "torn", "failed", "share of", "expected %", "seen %", "off by", "bound", ""] as const;
const firstNumber = columns.indexOf("samples");

/** A row for each check, with the share that is furthest off for its bound; or a row for each share. */
export function formatResults(results: readonly CheckResult[], all: boolean): string {
  const rows = results.flatMap((result) => rowsOf(result, all));
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, index) => pad(cell, index, widths[index] ?? 0)).join("  ").trimEnd();
  const failures = results.filter(({ failure }) => failure !== undefined);
  return `${[line(columns), ...rows.map(line), ...failures.map(({ python, check, failure }) => `${python}, ${check}: ${failure}`)].join("\n")}\n`;
}

/** "433 checks, 2,101 shares; 0 checks failed." */
export function summaryLine(results: readonly CheckResult[]): string {
  const shares = results.flatMap(({ verdicts }) => verdicts).length;
  const bad = results.filter((result) => !hasPassed(result));
  const vague = bad.filter(({ failure, verdicts }) => failure === undefined && verdicts.every(({ outcome }) => outcome !== "off"));
  const busy = vague.length > 0 ? ` Too vague: ${vague.length}; was the machine busy, or --scale too small?` : "";
  return `${results.length} checks of ${shares.toLocaleString("en")} shares: ${bad.length} failed. All bounds together hold with 99.9 %.${busy}`;
}

function rowsOf(result: CheckResult, all: boolean): readonly (readonly string[])[] {
  const { python, check, setting, samples, torn, errors, verdicts } = result;
  const about = [python, check, setting.mode, rateText(setting.rate), samples.toLocaleString("en"), String(torn), String(errors)];
  const shown = all ? verdicts : verdicts.toSorted((a, b) => excess(b) - excess(a)).slice(0, 1);
  if (shown.length === 0) return [[...about, "", "", "", "", "", "FAILED"]];
  const words = { ok: "ok", off: "FAILED", vague: "too vague" };
  return shown.map(({ what, expected, seen, bound, outcome }) =>
    about.concat(what, percent(expected), percent(seen), percent(seen - expected), percent(bound), words[outcome]),
  );
}

function excess({ seen, expected, bound, outcome }: Verdict): number {
  return Math.abs(seen - expected) / bound + { ok: 0, vague: 1000, off: 2000 }[outcome];
}

function rateText(rate: CheckResult["setting"]["rate"]): string {
  return rate === "top" ? "top" : `${rate} Hz`;
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}

function pad(cell: string, index: number, width: number): string {
  const isNumber = index >= firstNumber && columns[index] !== "share of" && columns[index] !== "";
  return isNumber ? cell.padStart(width) : cell.padEnd(width);
}
