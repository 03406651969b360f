import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layoutFor, supportedVersions } from "@pyspy/layouts";
import { workspaceRoot } from "@pyspy/test-fixtures";
import type { Support } from "./support.ts";

const BEGIN = "<!-- support table: written by tools/support-table -->";
const END = "<!-- end of support table -->";
const readme = join(workspaceRoot, "README.md");

/** README's table: versions that the matrix has run, then those whose layouts come from headers alone. */
export function supportTable(support: readonly Support[]): string {
  const rows = [...support.map(provenRow), ...derivedRows(support)];
  const head = ["CPython", "run as", "programs", "found without symbols", "not stopped", "columns"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** What stands between the markers in README. */
export function tableInReadme(): string {
  const text = readFileSync(readme, "utf8");
  const { start, end } = placeIn(text);
  return text.slice(start, end).trim();
}

export function writeReadme(table: string): void {
  const text = readFileSync(readme, "utf8");
  const { start, end } = placeIn(text);
  writeFileSync(readme, `${text.slice(0, start)}\n\n${table}\n\n${text.slice(end)}`);
}

function placeIn(text: string): { start: number; end: number } {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("README.md has lost the markers of its support table");
  return { start: begin + BEGIN.length, end };
}

function provenRow({ releases, freeThreaded, debug, builds, programs, hidden, parallel, byHand, major, minor }: Support): readonly string[] {
  const suffix = `${freeThreaded ? "t" : ""}${debug ? "d" : ""}`;
  const named = releases.map((release) => `${release}${suffix}`).join(", ");
  const parts = parallel ? `${programs}, and 8 threads at once` : String(programs);
  const runAs = `${builds.join(", ")}${byHand ? "; by hand, not in CI" : ""}`;
  return [named, runAs, parts, hidden ? "yes" : "not tried", ...traitCells({ major, minor, freeThreaded })];
}

function traitCells(version: { major: number; minor: number; freeThreaded: boolean }): readonly string[] {
  const traits = layoutFor(version, { freeThreaded: version.freeThreaded })?.traits;
  return [traits?.frames === "data-stack" ? "yes" : "only while sleeping", traits?.lineTable === "locations" ? "yes" : "–"];
}

function derivedRows(support: readonly Support[]): readonly (readonly string[])[] {
  const isRun = ({ major, minor, freeThreaded }: Pick<Support, "major" | "minor" | "freeThreaded">): boolean =>
    support.some((one) => one.major === major && one.minor === minor && one.freeThreaded === freeThreaded);
  const unseen = supportedVersions().filter((one) => one.targets.includes("linux-x64") && !isRun(one));
  const names = new Map(unseen.map((one) => [`${one.major}.${one.minor}${one.freeThreaded ? "t" : ""}`, one]));
  return [...names].map(([name, one]) => [name, "derived from headers, not run", "–", "–"].concat(traitCells(one)));
}
