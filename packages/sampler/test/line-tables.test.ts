import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { layoutFor } from "@pyspy/layouts";
import { type Python, pythons } from "@pyspy/test-fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLineTable, type LineTable, rangeAt } from "../src/line-table.ts";
import { unsupported } from "./supported.ts";

const program = readFileSync(new URL("programs/line-tables.py", import.meta.url), "utf8");

describe.each(pythons().map((python) => [python.label, python] as const))("line tables of %s", (_, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "")(`say of every instruction what that Python says${reason && ` [${reason}]`}`, () => {
    const { major, minor } = python.version;
    const { lineTable = "locations" } = layoutFor({ major, minor })?.traits ?? {};
    const decode = decodeLineTable[lineTable];
    const unitSize = lineTable === "lnotab-unsigned" ? 1 : 2;
    const codes = ask(python);
    expect(codes.length).toBeGreaterThan(300);
    for (const { table, firstLine, said } of codes) {
      const decoded = decode(Buffer.from(table, "hex"), firstLine);
      const units = Array.from({ length: said.split(" ").length }, (__, unit) => unit * unitSize);
      expect(units.map((offset) => positionAt(decoded, offset)).join(" "), table).toBe(said);
      expect(units.map((offset) => positionAt(decoded, offset + unitSize - 1)).join(" "), table).toBe(said);
    }
  });
});

interface Said {
  /** In hex. */
  readonly table: string;
  readonly firstLine: number;
  /** "line:column" of each instruction. */
  readonly said: string;
}

function ask(python: Python): Said[] {
  const [command = "", ...args] = python.command;
  const { stdout, stderr, status } = spawnSync(command, [...args, "-"], { input: program, encoding: "utf8", timeout: 60_000, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd().split("\n").map((line) => {
    const [table = "", firstLine, ...said] = line.split(" ");
    return { table: table === "-" ? "" : table, firstLine: Number(firstLine), said: said.join(" ") };
  });
}

function positionAt(table: LineTable, offset: number): string {
  const range = rangeAt(table, offset);
  return range < 0 ? "0:0" : `${table.lines[range]}:${table.columns[range]}`;
}

describe.each(Object.keys(decodeLineTable) as (keyof typeof decodeLineTable)[])("any bytes as %s", (kind) => {
  it("make ranges in order", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }), (bytes, firstLine) => {
        const { ends, lines, columns } = decodeLineTable[kind](bytes, firstLine);
        expect(lines.length).toBe(ends.length);
        expect(columns.length).toBe(ends.length);
        expect(ends.length).toBeLessThanOrEqual(bytes.length + 1);
        for (let range = 1; range < ends.length; range++) expect(ends[range]).toBeGreaterThan(ends[range - 1] as number);
        for (let range = 0; range < ends.length; range++) {
          expect(lines[range]).toBeGreaterThanOrEqual(0);
          expect(columns[range]).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("put every offset into the one range that holds it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(2000), (bytes, offset) => {
        const table = decodeLineTable[kind](bytes, 1);
        const range = rangeAt(table, offset);
        const expected = table.ends.findIndex((end, index) => offset < end && offset >= (table.ends[index - 1] ?? 0));
        expect(range).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });
});
