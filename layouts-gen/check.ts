import { emit } from "./emit.ts";
import type { Probe } from "./read-probe.ts";
import { buildKey, buildOf, differences, numbersOf, tableOf } from "./tables.ts";
import type { Build, VersionTables } from "./tables.ts";
import { listed } from "./versions.ts";

export interface Findings {
  /** Headers of the very version a table came from say something else, a build has no table, or a file was edited. */
  readonly problems: readonly string[];
  /** What moved between the headers a table came from and those of another patch release. */
  readonly notes: readonly string[];
}

/**
 * Compares tables with what headers say now, and the files they were read from with how those would be written.
 *
 * @param fileText The text of a generated file, `undefined` where there is none.
 */
export function check(
  held: readonly VersionTables[],
  probes: readonly Probe[],
  fileText: (name: string) => string | undefined,
): Findings {
  const compared = probes.map((probe) => compare(held, probe));
  const edited = [...emit(held)].filter(([name, text]) => fileText(name) !== text).map(([name]) => `${name}: not as layouts-gen writes it`);
  return {
    problems: [...compared.flatMap(({ problems }) => problems), ...edited],
    notes: compared.flatMap(({ notes }) => notes),
  };
}

function compare(held: readonly VersionTables[], probe: Probe): Findings {
  const { major, minor } = probe;
  const build = buildOf(probe, listed(probe) ?? { major: 3, minor });
  const table = tableOf(held.find((version) => version.major === major && version.minor === minor), build);
  const source = table?.builds.find((one) => buildKey(one) === buildKey(build));
  if (table === undefined || source === undefined) return { problems: [`${buildName(build)}: no table`], notes: [] };
  const found = differences(table, numbersOf(probe));
  if (source.source === build.source && source.forced === build.forced) {
    return { problems: found.map((difference) => `${buildName(build)}: ${difference}`), notes: [] };
  }
  return { problems: [], notes: found.map((difference) => `${buildName(source)} to ${buildName(build)}: ${difference}`) };
}

function buildName({ source, freeThreaded, traceRefs, target, forced }: Build): string {
  return `${source}${freeThreaded ? "t" : ""}${traceRefs ? "d" : ""} ${target}${forced ? " (forced)" : ""}`;
}
