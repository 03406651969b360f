import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { check } from "../check.ts";
import { emit } from "../emit.ts";
import { findIncludeDirectories } from "../headers.ts";
import { generatedText, readTables } from "../generated-files.ts";
import { probeAll } from "../probe-all.ts";
import { expand, shorten } from "../shortened.ts";
import type { Table } from "../tables.ts";
import type { Probe } from "../read-probe.ts";
import { mergeTables } from "../tables.ts";
import { listed } from "../versions.ts";

const hasCompiler = spawnSync("gcc", ["--version"], { timeout: 10_000 }).status === 0;
const includes = findIncludeDirectories().filter((path) => {
  const [, major, minor] = /python([23])\.(\d+)/.exec(path) ?? [];
  return listed({ major: Number(major), minor: Number(minor) }) !== undefined;
});

describe.skipIf(!hasCompiler || includes.length === 0)("headers here [needs gcc, and headers from pyenv or PYSPY_PYTHONS]", () => {
  const probes = hasCompiler && includes.length > 0 ? probeAll(includes, { cc: "gcc" }, () => undefined) : [];

  it("say what the tables say", async () => {
    const { problems, notes } = check(await readTables(), probes, generatedText);
    expect(problems).toEqual([]);
    expect(notes.filter((note) => !/: (interpreterState|threadState)\.size: /.test(note))).toEqual([]);
  });

  it("are all of a version that has a table", () => {
    expect(probes.filter((probe) => listed(probe) === undefined)).toEqual([]);
    expect(probes.length).toBeGreaterThanOrEqual(includes.length);
  });

  it("pass `--check` on the command line", () => {
    const main = fileURLToPath(new URL("../main.ts", import.meta.url));
    const node = ["--conditions=@pyspy/source", "--no-warnings", main, "--check"];
    const { status, stderr } = spawnSync(process.execPath, node, { encoding: "utf8", timeout: 60_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe("check", () => {
  it("finds a wrong number, an edited file and a missing table", async () => {
    const tables = await readTables();
    const [first] = tables;
    const [table] = first?.tables ?? [];
    const [build] = table?.builds ?? [];
    if (first === undefined || table === undefined || build === undefined) throw new Error("no tables");
    const { source, target } = build;
    const probe: Probe = { unicodeState: {}, ...table, ...build, major: first.major, minor: first.minor, traceRefs: false, forced: false };
    const wrong = { ...probe, offsets: { ...probe.offsets, object: { size: 16, type: 9 } } };
    expect(check(tables, [probe], generatedText)).toEqual({ problems: [], notes: [] });
    expect(check(tables, [wrong], generatedText).problems).toEqual([`${source} ${target}: object.type: 8 -> 9`]);
    expect(check(tables, [{ ...wrong, source: "2.7.1" }], generatedText)).toEqual({ problems: [], notes: [`${source} ${target} to 2.7.1 ${target}: object.type: 8 -> 9`] });
    expect(check(tables, [{ ...probe, minor: 99, source: "3.99.0" }], generatedText).problems).toEqual([`3.99.0 ${target}: no table`]);
    expect(check(tables, [], (name) => generatedText(name)?.replace("16", "17")).problems).toContain("cpython-2.7.ts: not as layouts-gen writes it");
  });
});

describe("mergeTables", () => {
  const offsets = { object: { size: 16, type: 8 }, tupleObject: { items: 24 } };
  const version = { major: 3, minor: 12 } as const;
  const probe: Probe = { ...version, source: "3.12.4", target: "linux-x64", freeThreaded: false, traceRefs: false, forced: false, pointerSize: 8, unicodeState: { kind: 2 }, offsets };

  it("writes equal tables once", () => {
    const { tables } = mergeTables(version, undefined, [probe, { ...probe, target: "darwin-arm64", source: "3.12.5" }]);
    expect(tables).toEqual([{
      builds: [{ target: "linux-x64", freeThreaded: false, source: "3.12.4" }, { target: "darwin-arm64", freeThreaded: false, source: "3.12.5" }],
      pointerSize: 8, unicodeState: { kind: 2 }, offsets,
    }]);
  });

  it("keeps what differs apart, and builds that have no headers here", () => {
    const other = { ...probe, target: "linux-ia32", pointerSize: 4 };
    const first = mergeTables(version, undefined, [other]);
    const { tables } = mergeTables(version, first, [probe, { ...probe, minor: 13 }]);
    expect(tables.map((table) => table.builds.map(({ target }) => target))).toEqual([["linux-x64"], ["linux-ia32"]]);
  });

  it("gives the releases after something moved tables of their own", () => {
    const moved = { ...version, moved: [3, 7] };
    const probes: Probe[] = [];
    for (const micro of [7, 2, 9, 3]) probes.push({ ...probe, source: `3.12.${micro}`, pointerSize: micro });
    const { tables } = mergeTables(moved, undefined, probes);
    expect(tables.flatMap(({ builds }) => builds)).toEqual([
      { target: "linux-x64", freeThreaded: false, since: 7, source: "3.12.9" },
      { target: "linux-x64", freeThreaded: false, since: 3, source: "3.12.3" },
      { target: "linux-x64", freeThreaded: false, source: "3.12.2" },
    ]);
  });

  it.each([
    ["3.12.4", "3.12.10", "3.12.10"],
    ["3.12.10", "3.12.4", "3.12.10"],
    ["3.12.0", "3.12.0rc1", "3.12.0"],
    ["3.12.0b3", "3.12.0rc1", "3.12.0rc1"],
  ])("of %s and %s takes %s", (first, second, kept) => {
    const before = mergeTables(version, undefined, [{ ...probe, source: first }]);
    expect(mergeTables(version, before, [{ ...probe, source: second }]).tables[0]?.builds[0]?.source).toBe(kept);
  });

  it("takes true headers before newer forced ones", () => {
    const forced = { ...probe, freeThreaded: true, forced: true, source: "3.12.9" };
    const before = mergeTables(version, undefined, [forced]);
    expect(before.tables[0]?.builds).toEqual([{ target: "linux-x64", freeThreaded: true, source: "3.12.9", forced: true }]);
    const after = mergeTables(version, before, [{ ...forced, forced: false, source: "3.12.1" }]);
    expect(after.tables[0]?.builds).toEqual([{ target: "linux-x64", freeThreaded: true, source: "3.12.1" }]);
    expect(mergeTables(version, after, [forced])).toEqual(after);
  });
});

function tableOfGroups(offsets: Table["offsets"]): Table {
  return { builds: [], pointerSize: 8, offsets };
}

describe("shorten", () => {
  const first = tableOfGroups({ a: { x: 1 }, b: { y: 2 }, c: { z: 3 } });
  const other = tableOfGroups({ a: { x: 1 }, b: { y: 2, w: 8 }, c: { z: 3 } });
  const apart = tableOfGroups({ a: { x: 0 }, b: { y: 0 }, c: { z: 0 } });

  it("leaves out what another table has, and expand puts it back", () => {
    const tables = [first, other, apart, tableOfGroups({ ...apart.offsets, a: { x: 9 } }), tableOfGroups({ a: { x: 1 } })];
    const short = shorten(tables);
    expect(short.map(({ over, offsets }) => [over, offsets])).toEqual([
      [undefined, first.offsets], [0, { b: { y: 2, w: 8 } }], [undefined, apart.offsets], [2, { a: { x: 9 } }], [undefined, { a: { x: 1 } }],
    ]);
    expect(expand(short)).toEqual(tables);
  });
});

describe("emit", () => {
  it("sorts what it writes", () => {
    const table = { builds: [{ target: "linux-x64", freeThreaded: false, source: "3.9.1" }], pointerSize: 8, unicodeState: { kind: 2, ascii: 6 }, offsets: { z: { b: 1, a: 2 }, a: { c: 3 } } };
    const files = emit([{ major: 3, minor: 10, tables: [table] }, { major: 3, minor: 9, tables: [table] }]);
    expect([...files.keys()]).toEqual(["cpython-3.9.ts", "cpython-3.10.ts", "index.ts"]);
    expect(files.get("cpython-3.9.ts")).toBe(`// Written by layouts-gen. Change its field list, not this file.
import type { Table, VersionTables } from "../table.ts";

export const cpython_3_9: VersionTables = {
  major: 3,
  minor: 9,
  // Built when asked for: the others cost nothing.
  get tables(): readonly Table[] { return [
    {
      builds: [
        { target: "linux-x64", freeThreaded: false, source: "3.9.1" },
      ],
      pointerSize: 8,
      unicodeState: { ascii: 6, kind: 2 },
      offsets: {
        a: { c: 3 },
        z: { a: 2, b: 1 },
      },
    },
  ]; },
};
`);
  });
});
