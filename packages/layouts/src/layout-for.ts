import { versionTables } from "./generated/index.ts";
import { LayoutError } from "./layout-error.ts";
import type { Layout, LayoutVersion, Target } from "./layout.ts";
import type { Build, Table } from "./table.ts";
import { traitsOf } from "./traits.ts";

export interface LayoutOptions {
  /** Default `linux-x64`. */
  readonly target?: Target;
  /** Built with `--disable-gil`; default no. */
  readonly freeThreaded?: boolean;
}

/**
 * The layout of a CPython, by its version and build; `undefined` where there is no table for them. A table holds for
 * every patch release of a minor version as far as is known; `micro` is checked and otherwise not looked at. From 3.13
 * on pass the result through `selfDescribedLayout`: there the target knows better.
 *
 * @throws LayoutError when a part of the version is not a whole number from 0 to 255
 */
export function layoutFor(
  version: LayoutVersion & { readonly micro?: number },
  { target = "linux-x64", freeThreaded = false }: LayoutOptions = {},
): Layout | undefined {
  checkVersion(version);
  const tables = versionTables.find(({ major, minor }) => major === version.major && minor === version.minor)?.tables;
  const table = tables?.find(({ builds }) => builds.some((build) => build.target === target && build.freeThreaded === freeThreaded));
  if (table === undefined) return undefined;
  return layoutOf(table, { major: version.major, minor: version.minor }, target, freeThreaded);
}

/** The layout of the latest version that has a table for such a build. */
export function newestLayout({ target, freeThreaded }: Required<LayoutOptions>): Layout | undefined {
  for (const version of [...versionTables].reverse()) {
    const layout = layoutFor(version, { target, freeThreaded });
    if (layout !== undefined) return layout;
  }
  return undefined;
}

function layoutOf(table: Table, version: LayoutVersion, target: Target, freeThreaded: boolean): Layout {
  const { pointerSize, unicodeState, offsets } = table;
  const traits = traitsOf(version.minor, { freeThreaded, pointerSize, unicodeState });
  return { version, target, freeThreaded, pointerSize, source: "generated", traits, ...offsets };
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
  readonly targets: readonly Target[];
  /** The version whose headers the tables were made from: `3.13.18`. */
  readonly source: string;
  /** `proven`: compared with debug information or the own offsets of real builds. `derived`: from headers alone. */
  readonly evidence: "proven" | "derived";
}

/** Every build that `layoutFor` has a table for, oldest version first. */
export function supportedVersions(): readonly SupportedVersion[] {
  return versionTables.flatMap(({ major, minor, tables }) => {
    const builds = tables.flatMap((table) => table.builds);
    const kinds = [...new Set(builds.map(kindOf))];
    return kinds.map((kind) => supported({ major, minor }, builds.filter((build) => kindOf(build) === kind)));
  });
}

/** What builds must share to be listed as one. */
function kindOf(build: Build): string {
  return `${build.freeThreaded} ${build.source} ${evidenceFor(build)}`;
}

function supported(version: LayoutVersion, builds: readonly Build[]): SupportedVersion {
  const [first] = builds;
  if (first === undefined) throw new Error("a kind without builds");
  const { freeThreaded, source } = first;
  return { ...version, freeThreaded, targets: builds.map(({ target }) => target), source, evidence: evidenceFor(first) };
}

/** The tests have real builds for these targets, and none that need forced headers. */
const provenTargets: ReadonlySet<Target> = new Set<Target>(["linux-x64"]);

function evidenceFor(build: Build): SupportedVersion["evidence"] {
  return provenTargets.has(build.target) && build.forced !== true ? "proven" : "derived";
}
