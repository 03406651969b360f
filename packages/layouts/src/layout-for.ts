import { versionTables } from "./generated/index.ts";
import { LayoutError } from "./layout-error.ts";
import type { Layout, LayoutVersion, Offsets, Target } from "./layout.ts";
import type { Build, Table } from "./table.ts";
import { traitsOf } from "./traits.ts";

export interface LayoutOptions {
  /** Default `linux-x64`. */
  readonly target?: Target;
  /** Built with `--disable-gil`; default no. */
  readonly freeThreaded?: boolean;
  /** Built with `Py_TRACE_REFS`, as every debug build up to 3.7 is; default no. From 3.13 on it makes no difference. */
  readonly traceRefs?: boolean;
}

/**
 * The layout of a CPython, by its version and build; `undefined` where there is no table for them. A table holds for
 * every patch release of a minor version but where something moved: there `micro` counts, and without it the newest
 * release's table is given. From 3.13 on pass the result through `selfDescribedLayout`: there the target knows better.
 *
 * @throws LayoutError when a part of the version is not a whole number from 0 to 255
 */
export function layoutFor(
  version: LayoutVersion & { readonly micro?: number },
  { target = "linux-x64", freeThreaded = false, traceRefs = false }: LayoutOptions = {},
): Layout | undefined {
  checkVersion(version);
  const { major, minor, micro = Infinity } = version;
  const tables = versionTables.find((one) => one.major === major && one.minor === minor)?.tables ?? [];
  const fits = (build: Build) =>
    build.target === target && build.freeThreaded === freeThreaded && (build.traceRefs === true) === (traceRefs && hasTraceRefs(tables)) && sinceOf(build) <= micro;
  const table = tables
    .flatMap((one) => one.builds.filter(fits).map((build) => ({ one, since: sinceOf(build) })))
    .toSorted((a, b) => b.since - a.since)[0]?.one;
  return table && layoutOf(table, tables, { version: { major, minor }, target, freeThreaded, traceRefs });
}

function sinceOf({ since = 0 }: Build): number {
  return since;
}

/** Whether the version has objects that `Py_TRACE_REFS` lengthens. */
function hasTraceRefs(tables: readonly Table[]): boolean {
  return tables.some(({ builds }) => builds.some(({ traceRefs }) => traceRefs));
}

/** The layout of the latest version that has a table for such a build. */
export function newestLayout({ target, freeThreaded }: Required<Omit<LayoutOptions, "traceRefs">>): Layout | undefined {
  for (const version of [...versionTables].reverse()) {
    const layout = layoutFor(version, { target, freeThreaded });
    if (layout !== undefined) return layout;
  }
  return undefined;
}

function layoutOf(
  table: Table,
  tables: readonly Table[],
  build: Pick<Layout, "version" | "target" | "freeThreaded" | "traceRefs">,
): Layout {
  const { pointerSize, unicodeState } = table;
  const offsets = { ...(table.over === undefined ? {} : tables[table.over]?.offsets), ...table.offsets } as Offsets;
  const traits = traitsOf(build.version, { freeThreaded: build.freeThreaded, pointerSize, unicodeState });
  return { ...build, pointerSize, source: "generated", traits, ...offsets };
}

function checkVersion(version: LayoutVersion & { readonly micro?: number }): void {
  const parts = { major: version.major, minor: version.minor, micro: version.micro ?? 0 };
  for (const [part, value] of Object.entries(parts)) {
    if (!Number.isInteger(value) || value < 0 || value > 255) {
      throw new LayoutError(`version.${part}`, value, "a whole number from 0 to 255");
    }
  }
}

export interface SupportedVersion extends LayoutVersion {
  readonly freeThreaded: boolean;
  readonly traceRefs: boolean;
  /** First patch release that the tables hold for; the next entry of the same build says where they end. */
  readonly since: number;
  readonly targets: readonly Target[];
  /** The version whose headers the tables were made from: `3.13.18`. */
  readonly source: string;
  /** `proven`: compared with debug information or the own offsets of real builds. `derived`: from headers alone. */
  readonly evidence: "proven" | "derived";
}

/** Every build that `layoutFor` has a table for, oldest version first. */
export function supportedVersions(): readonly SupportedVersion[] {
  return versionTables.flatMap(({ major, minor, tables }) => {
    const version = { major, minor };
    const builds = tables.flatMap((table) => table.builds);
    const kinds = new Set(builds.map((build) => kindOf(version, build)));
    return [...kinds].map((kind) => supported(version, builds.filter((build) => kindOf(version, build) === kind)));
  });
}

/** What builds must share to be listed as one. */
function kindOf(version: LayoutVersion, build: Build): string {
  const { freeThreaded, traceRefs, since = 0, source } = build;
  return `${freeThreaded} ${traceRefs === true} ${since} ${source} ${evidenceFor(version, build)}`;
}

function supported(version: LayoutVersion, builds: readonly Build[]): SupportedVersion {
  const [first] = builds;
  if (first === undefined) throw new Error("a kind without builds");
  const { major, minor } = version;
  const { freeThreaded, since = 0, source } = first;
  const targets = builds.map(({ target }) => target);
  return { major, minor, freeThreaded, traceRefs: first.traceRefs === true, since, targets, source, evidence: evidenceFor(version, first) };
}

/** The tests have real builds for these targets, but not of these versions, and none that need forced headers. */
const provenTargets: ReadonlySet<Target> = new Set<Target>(["linux-x64"]);
const unseenVersions: ReadonlySet<string> = new Set(["3.3", "3.4", "3.5"]);

function evidenceFor({ major, minor }: LayoutVersion, { target, source, forced }: Build): SupportedVersion["evidence"] {
  const seen = provenTargets.has(target) && !unseenVersions.has(`${major}.${minor}`) && forced !== true;
  return seen && !supersededSources.has(source) ? "proven" : "derived";
}

/** Headers of releases before something moved, whose interpreters the tests lack. */
const supersededSources: ReadonlySet<string> = new Set(["3.7.3"]);
