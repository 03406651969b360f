import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cachePath, type Origin, workspaceRoot } from "@pyspy/test-fixtures";

/** What the matrix tests have shown of one minor version and build of CPython, on Linux x64. */
export interface Support {
  readonly major: number;
  readonly minor: number;
  readonly freeThreaded: boolean;
  readonly debug: boolean;
  /** Oldest first: "3.13.0". */
  readonly releases: readonly string[];
  /** Of "shared", "static", "stripped", "JIT". */
  readonly builds: readonly string[];
  /** The most programs that one build of it has passed. */
  readonly programs: number;
  /** Copies without symbols and section headers are read, too. */
  readonly hidden: boolean;
  /** Free-threaded builds: eight threads at once in Python code are read. */
  readonly parallel: boolean;
  /** Run by hand, on a build that `PYSPY_PYTHONS` named: the tests have none that they could repeat it on. */
  readonly byHand: boolean;
}

/** A line of what packages/sampler/test/matrix-results.ts keeps. */
interface Result {
  readonly matrix: "installed" | "jit" | "hidden" | "parallel";
  readonly origin: Origin;
  readonly version: { readonly major: number; readonly minor: number; readonly micro: number };
  readonly freeThreaded: boolean;
  readonly debug: boolean;
  readonly isStatic: boolean;
  readonly stripped: boolean;
  readonly programs: number;
}

const file = join(workspaceRoot, "test-fixtures", "support.json");

/** The results that are kept with the project, oldest version first. */
export function readSupport(): readonly Support[] {
  return JSON.parse(readFileSync(file, "utf8")) as Support[];
}

/** Puts this machine's results over those of the same versions and builds; what was run by hand not over what the tests repeat. */
export function updateSupport(): readonly Support[] {
  const results = readResults();
  const keys = [...new Set(results.map(keyOf))];
  const known = existsSync(file) ? readSupport() : [];
  const repeated = new Set(known.filter(({ byHand }) => !byHand).map(rank));
  const fresh = keys
    .map((key) => supportFrom(results.filter((result) => keyOf(result) === key)))
    .filter((one) => !one.byHand || !repeated.has(rank(one)));
  const kept = known.filter((one) => !fresh.some((other) => rank(one) === rank(other)));
  const all = [...kept, ...fresh].toSorted((a, b) => rank(a) - rank(b));
  writeFileSync(file, `${JSON.stringify(all, null, 1)}\n`);
  return all;
}

function readResults(): readonly Result[] {
  const folder = cachePath("matrix");
  if (!existsSync(folder)) throw new Error("no results: run packages/sampler/test/matrix first");
  return readdirSync(folder).toSorted().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Result);
}

function keyOf({ version: { major, minor }, freeThreaded, debug }: Result): number {
  return rank({ major, minor, freeThreaded, debug });
}

function rank({ major, minor, freeThreaded, debug }: Pick<Support, "major" | "minor" | "freeThreaded" | "debug">): number {
  return major * 1000 + minor * 4 + (freeThreaded ? 2 : 0) + (debug ? 1 : 0);
}

/** What the tests can repeat is what counts; only where there is nothing of it, what was run by hand. */
function supportFrom(all: readonly Result[]): Support {
  const repeated = all.filter(({ origin }) => origin !== "extra");
  const results = repeated.length > 0 ? repeated : all;
  const [{ version, freeThreaded, debug }] = results as [Result];
  const micros = [...new Set(results.map((result) => result.version.micro))].toSorted((a, b) => a - b);
  const builds = new Set(results.flatMap(buildsOf));
  return {
    major: version.major,
    minor: version.minor,
    freeThreaded,
    debug,
    releases: micros.map((micro) => `${version.major}.${version.minor}.${micro}`),
    builds: ["shared", "static", "stripped", "JIT"].filter((build) => builds.has(build)),
    programs: Math.max(...results.filter(({ matrix }) => matrix === "installed").map(({ programs }) => programs), 0),
    hidden: results.some(({ matrix }) => matrix === "hidden"),
    parallel: results.some(({ matrix }) => matrix === "parallel"),
    byHand: repeated.length === 0,
  };
}

function buildsOf({ matrix, isStatic, stripped }: Result): readonly string[] {
  return [isStatic ? "static" : "shared", ...(stripped || matrix === "hidden" ? ["stripped"] : []), ...(matrix === "jit" ? ["JIT"] : [])];
}
