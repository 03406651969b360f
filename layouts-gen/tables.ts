import type { Probe } from "./read-probe.ts";

export type Offsets = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One build that a table holds for, and the version of the headers that said so. */
export interface Build {
  readonly target: string;
  readonly freeThreaded: boolean;
  readonly source: string;
  /** Headers of a default build, compiled as if it were free-threaded. */
  readonly forced?: true;
}

export interface Table {
  readonly builds: readonly Build[];
  readonly pointerSize: number;
  readonly unicodeState: Readonly<Record<string, number>>;
  readonly offsets: Offsets;
}

/** All tables of one minor version: the content of one generated file. */
export interface VersionTables {
  readonly major: 3;
  readonly minor: number;
  readonly tables: readonly Table[];
}

type Numbers = Omit<Table, "builds">;

/**
 * The tables of `minor`, given those there are and what headers say now. A build's newest headers win, true ones over
 * forced ones; builds without headers here keep their table. Equal tables become one.
 */
export function mergeTables(minor: number, existing: VersionTables | undefined, probes: readonly Probe[]): VersionTables {
  const builds = new Map<string, Build & { numbers: Numbers }>();
  for (const { builds: held, ...numbers } of existing?.tables ?? []) {
    for (const build of held) builds.set(buildKey(build), { ...build, numbers });
  }
  for (const probe of probes) {
    if (probe.minor !== minor) continue;
    const candidate = { ...buildOf(probe), numbers: numbersOf(probe) };
    const held = builds.get(buildKey(candidate));
    if (held === undefined || !precedes(candidate, held)) builds.set(buildKey(candidate), candidate);
  }
  return { major: 3, minor, tables: groupEqual([...builds.values()].sort(byKey)) };
}

export function buildOf({ target, freeThreaded, source, forced }: Probe): Build {
  return { target, freeThreaded, source, ...(forced ? { forced } : {}) };
}

export function numbersOf({ pointerSize, unicodeState, offsets }: Probe): Numbers {
  return { pointerSize, unicodeState, offsets };
}

/** The table of a build, if there is one. */
export function tableOf(tables: VersionTables | undefined, build: Pick<Build, "target" | "freeThreaded">): Table | undefined {
  return tables?.tables.find((table) => table.builds.some((held) => buildKey(held) === buildKey(build)));
}

/** `group.member: a -> b` for every number in which two tables differ. */
export function differences(left: Numbers, right: Numbers): string[] {
  const [a, b] = [flatten(left), flatten(right)];
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return names.filter((name) => a.get(name) !== b.get(name)).map((name) => `${name}: ${a.get(name)} -> ${b.get(name)}`);
}

/** Whether a build's headers are of less worth than another's. */
function precedes(a: Build, b: Build): boolean {
  if (a.forced !== b.forced) return a.forced === true;
  return versionRank(a.source) < versionRank(b.source);
}

/** Orders `3.14.0b3 < 3.14.0rc1 < 3.14.0 < 3.14.1`. */
function versionRank(version: string): number {
  const match = /^3\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?$/.exec(version);
  if (match === null) throw new Error(`not a version of CPython 3: ${version}`);
  const [, minor, micro, level = "final", serial = "0"] = match;
  const rank = { a: 0, b: 1, rc: 2, final: 3 }[level] ?? 3;
  return ((Number(minor) * 256 + Number(micro)) * 4 + rank) * 16 + Number(serial);
}

/** Tells builds of one version apart. */
export function buildKey({ target, freeThreaded }: Pick<Build, "target" | "freeThreaded">): string {
  return `${target} ${freeThreaded ? 1 : 0}`;
}

function byKey(a: Build, b: Build): number {
  return buildKey(a) < buildKey(b) ? -1 : 1;
}

function groupEqual(builds: readonly (Build & { numbers: Numbers })[]): Table[] {
  const tables: (Numbers & { builds: Build[] })[] = [];
  for (const { numbers, ...build } of builds) {
    const same = tables.find((table) => differences(table, numbers).length === 0);
    if (same === undefined) tables.push({ builds: [build], ...numbers });
    else same.builds.push(build);
  }
  return tables;
}

function flatten({ pointerSize, unicodeState, offsets }: Numbers): Map<string, number> {
  const groups = Object.entries({ ...offsets, unicodeState });
  const members = groups.flatMap(([name, group]) => Object.entries(group).map(([member, value]) => [`${name}.${member}`, value] as const));
  return new Map([["pointerSize", pointerSize] as const, ...members]);
}
