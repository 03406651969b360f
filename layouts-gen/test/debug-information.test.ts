import { beforeAll, describe, expect, it } from "vitest";
import { applies, fields, rankOf } from "../fields.ts";
import { readTables } from "../generated-files.ts";
import { tableOf } from "../tables.ts";
import type { VersionTables } from "../tables.ts";
import { evaluateFields, hasGdb } from "./gdb.ts";
import { findLibpythons } from "./libpythons.ts";

const libpythons = findLibpythons();
/** Differ between patch releases; nothing else may. */
const mayDiffer = /^(interpreterState|threadState)\.size: /;

let tables: readonly VersionTables[] = [];
beforeAll(async () => {
  tables = await readTables();
});

describe.skipIf(!hasGdb || libpythons.length === 0)("debug information [needs gdb, and a libpython from pyenv or PYSPY_PYTHONS]", () => {
  it.for(libpythons)("of $path says what the table says", ({ path, version, since, freeThreaded }, { skip }) => {
    const held = fields.filter((field) => field.constant === undefined).filter((field) => applies(field, rankOf(version), freeThreaded));
    const found = evaluateFields(path, held);
    if (found === undefined) return skip("it has no debug information");
    const table = tableOf(tables.find(({ major, minor }) => major === version.major && minor === version.minor), { target: "linux-x64", freeThreaded, since });
    const differing = held.flatMap(({ name }) => {
      const [group = "", member = ""] = name.split(".");
      const expected = table?.offsets[group]?.[member];
      return found.get(name) === expected ? [] : [`${name}: ${expected} -> ${found.get(name)}`];
    });
    expect(found.size).toBe(held.length);
    expect(differing.filter((difference) => !mayDiffer.test(difference))).toEqual([]);
  });
});
