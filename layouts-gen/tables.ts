import type { Probe } from "./read-probe.ts";
import { type ListedVersion, tablesSince } from "./versions.ts";

export type Offsets = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One build that a table holds for, and the version of the headers that said so. */
export interface Build {
  readonly target: string;
  readonly freeThreaded: boolean;
  /** Built with `Py_TRACE_REFS`, as debug builds up to 3.7 are. */
  readonly traceRefs?: true;
  /** First patch release that the table holds for; all up to the next build's without it. */
  readonly since?: number;
  readonly source: string;
  /** Headers of a default build, compiled as if it were this one. */
  readonly forced?: true;
}

export interface Table {
  readonly builds: readonly Build[];
  readonly pointerSize: number;
  readonly unicodeState?: Readonly<Record<string, number>>;
  readonly offsets: Offsets;
}

/** All tables of one minor version, each with all its groups. */
export interface VersionTables {
  readonly major: number;
  readonly minor: number;
  readonly tables: readonly Table[];
}

type Numbers = Omit<Table, "builds">;

/**
 * The tables of a version, given those there are and what headers say now. A build's newest headers win, true ones over
 * forced ones; builds without headers here keep their table. Equal tables become one.
 */
export function mergeTables(version: ListedVersion, existing: VersionTables | undefined, probes: readonly Probe[]): VersionTables {
  const builds = new Map<string, Build & { numbers: Numbers }>();
  for (const { builds: held, ...numbers } of existing?.tables ?? []) {
    for (const build of held) builds.set(buildKey(build), { ...build, numbers });
  }
  for (const probe of probes) {
    if (probe.major !== version.major || probe.minor !== version.minor) continue;
    const candidate = { ...buildOf(probe, version), numbers: numbersOf(probe) };
    const held = builds.get(buildKey(candidate));
    if (held === undefined || !precedes(candidate, held)) builds.set(buildKey(candidate), candidate);
  }
  const { major, minor } = version;
  return { major, minor, tables: groupEqual([...builds.values()].sort(byKey)) };
}

export function buildOf({ target, freeThreaded, traceRefs, source, forced }: Probe, version: ListedVersion): Build {
  const since = tablesSince(version, microOf(source));
  return {
    target,
    freeThreaded,
    ...(traceRefs ? { traceRefs } : {}),
    ...(since > 0 ? { since } : {}),
    source,
    ...(forced ? { forced } : {}),
  };
}

export function numbersOf({ pointerSize, unicodeState, offsets }: Probe): Numbers {
  return { pointerSize, ...(Object.keys(unicodeState).length > 0 ? { unicodeState } : {}), offsets };
}

/** What tells the builds of one version apart. */
export type BuildKind = Pick<Build, "target" | "freeThreaded" | "traceRefs" | "since">;

/** The table of a build, if there is one. */
export function tableOf(tables: VersionTables | undefined, build: BuildKind): Table | undefined {
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
  const [, , minor, micro, level = "final", serial = "0"] = parts(version);
  const rank = { a: 0, b: 1, rc: 2, final: 3 }[level] ?? 3;
  return ((Number(minor) * 256 + Number(micro)) * 4 + rank) * 16 + Number(serial);
}

function microOf(version: string): number {
  return Number(parts(version)[3]);
}

function parts(version: string): RegExpExecArray {
  const match = /^([23])\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?$/.exec(version);
  if (match === null) throw new Error(`not a version of CPython: ${version}`);
  return match;
}

/** Tells builds of one version apart. */
export function buildKey({ target, freeThreaded, traceRefs, since }: BuildKind): string {
  return `${target} ${freeThreaded ? 1 : 0} ${traceRefs ? 1 : 0} ${since ?? 0}`;
}

/** The table that most others are like comes first: that of newest default builds on linux-x64. */
function byKey(a: Build, b: Build): number {
  return orderOf(a) < orderOf(b) ? -1 : 1;
}

function orderOf({ target, freeThreaded, traceRefs, since }: Build): string {
  return `${freeThreaded ? 1 : 0} ${traceRefs ? 1 : 0} ${999 - (since ?? 0)} ${target === "linux-x64" ? "" : target}`;
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

function flatten({ pointerSize, unicodeState = {}, offsets }: Numbers): Map<string, number> {
  const groups = Object.entries({ ...offsets, unicodeState });
  const members = groups.flatMap(([name, group]) => Object.entries(group).map(([member, value]) => [`${name}.${member}`, value] as const));
  return new Map([["pointerSize", pointerSize] as const, ...members]);
}
