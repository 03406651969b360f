import { type ShortTable, shorten } from "./shortened.ts";
import type { VersionTables } from "./tables.ts";

const WIDTH = 110;

/** The generated files by name: one for each version, and `index.ts`, which lists them. */
export function emit(versions: readonly VersionTables[]): Map<string, string> {
  const sorted = [...versions].sort((a, b) => a.major - b.major || a.minor - b.minor);
  const files = sorted.map((version) => [`${fileStem(version)}.ts`, versionFile(version)] as const);
  return new Map([...files, ["index.ts", indexFile(sorted)]]);
}

const HEAD = "// Written by layouts-gen. Change its field list, not this file.\n";

function versionFile(version: VersionTables): string {
  return `${HEAD}import type { Table, VersionTables } from "../table.ts";

export const ${constant(version)}: VersionTables = {
  major: ${version.major},
  minor: ${version.minor},
  // Built when asked for: the others cost nothing.
  get tables(): readonly Table[] { return [
${shorten(version.tables).map(tableText).join("")}  ]; },
};
`;
}

function indexFile(versions: readonly VersionTables[]): string {
  const imports = versions.map((version) => `import { ${constant(version)} } from "./${fileStem(version)}.ts";\n`);
  return `${HEAD}import type { VersionTables } from "../table.ts";
${imports.join("")}
/** Oldest first. */
export const versionTables: readonly VersionTables[] = [
${versions.map((version) => `  ${constant(version)},\n`).join("")}];
`;
}

function tableText(table: ShortTable): string {
  const builds = table.builds.map((build) => `        ${record(Object.entries(build))},\n`);
  const groups = sortedEntries(table.offsets).map(([name, group]) => groupText(name, sortedEntries(group)));
  return `    {
      builds: [
${builds.join("")}      ],
${table.over === undefined ? "" : `      over: ${table.over},\n`}      pointerSize: ${table.pointerSize},
${unicodeStateText(table)}      offsets: {
${groups.join("")}      },
    },
`;
}

/** Of Python 3 only. */
function unicodeStateText({ unicodeState }: ShortTable): string {
  return unicodeState === undefined ? "" : `      unicodeState: ${record(sortedEntries(unicodeState))},\n`;
}

function groupText(name: string, members: [string, number][]): string {
  const line = `        ${name}: ${record(members)},\n`;
  if (line.length <= WIDTH) return line;
  return `        ${name}: {\n${members.map(([member, value]) => `          ${member}: ${value},\n`).join("")}        },\n`;
}

function record(entries: [string, unknown][]): string {
  if (entries.length === 0) return "{}";
  return `{ ${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ")} }`;
}

function sortedEntries<Value>(values: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

function constant({ major, minor }: VersionTables): string {
  return `cpython_${major}_${minor}`;
}

function fileStem({ major, minor }: VersionTables): string {
  return `cpython-${major}.${minor}`;
}
