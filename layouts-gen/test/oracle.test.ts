import { beforeAll, describe, expect, it } from "vitest";
import { applies, fields, rankOf } from "../fields.ts";
import { readTables } from "../generated-files.ts";
import { tableOf } from "../tables.ts";
import type { VersionTables } from "../tables.ts";
import { listed, tablesSince } from "../versions.ts";
import { type OracleBuild, oracleNumber, readOracle } from "./oracle.ts";

const builds = readOracle();
/** They differ between patch releases and with the build's options; nothing is read behind them. */
const mayDiffer: ReadonlySet<string> = new Set(["interpreterState.size", "threadState.size"]);

let tables: readonly VersionTables[] = [];
beforeAll(async () => {
  tables = await readTables();
});

describe.skipIf(builds.length === 0)("the oracle [needs shared/reference/layouts.tar.xz beside the clone]", () => {
  it.each(builds.map((build) => [build.name, build] as const))("says of %s what the table says", (_, build) => {
    const told = fields
      .filter((field) => field.constant === undefined && applies(field, rankOf(build), build.freeThreaded))
      .flatMap((field) => {
        const number = oracleNumber(build, field);
        return number === undefined ? [] : [{ name: field.name, number }];
      });
    expect(told.length).toBeGreaterThan(50);
    const differing = told.filter(({ name, number }) => !mayDiffer.has(name) && tableNumber(build, name) !== number);
    expect(differing.map(({ name, number }) => `${name}: ${tableNumber(build, name)} -> ${number}`)).toEqual([]);
  });

  it("knows every version but 3.3", () => {
    const known = new Set(builds.map(({ major, minor }) => `${major}.${minor}`));
    expect(tables.map(({ major, minor }) => `${major}.${minor}`).filter((version) => !known.has(version))).toEqual(["3.3"]);
  });
});

function tableNumber({ major, minor, micro, target, freeThreaded }: OracleBuild, name: string): number | undefined {
  const since = tablesSince(listed({ major, minor }) ?? { major: 3, minor }, micro);
  const version = tables.find((one) => one.major === major && one.minor === minor);
  const [group = "", member = ""] = name.split(".");
  return tableOf(version, { target, freeThreaded, since })?.offsets[group]?.[member];
}
