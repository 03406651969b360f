import { BinaryError } from "@pyspy/binary";
import { expect, it } from "vitest";
import type { Image } from "../src/image.ts";
import { layoutsIn } from "../src/image-layouts.ts";
import type { PythonVersion } from "../src/python-version.ts";

const EXPORTED = "Py_IsInitialized";

/** An image whose file has these symbols. */
function imageWith(...names: readonly string[]): Image {
  const symbols = (asked: readonly string[]): Map<string, unknown> => new Map(asked.filter((name) => names.includes(name)).map((name) => [name, { name }]));
  return { symbols } as unknown as Image;
}

function unreadable(): never {
  throw new BinaryError("truncated", "python", "no symbols");
}

function version(major: number, minor: number): PythonVersion {
  return { major, minor, micro: -1, prerelease: "" };
}

it.each([
  ["PyUnicodeUCS2_FromUnicode", 2],
  ["PyUnicodeUCS4_FromUnicode", 4],
])("2.7 with %s has characters of %i bytes", (name, unitSize) => {
  expect(layoutsIn(imageWith(EXPORTED, name), version(2, 7), "linux-x64").map(({ unicodeObject }) => unicodeObject.unitSize)).toEqual([unitSize]);
});

it("3.x has no such width", () => {
  const [layout] = layoutsIn(imageWith(EXPORTED, "PyUnicodeUCS2_FromUnicode"), version(3, 6), "linux-x64");
  expect(layout?.unicodeObject.unitSize).toBeUndefined();
});

it("Py_TRACE_REFS is told by what it alone exports; without symbols both builds may be meant", () => {
  const told = [[EXPORTED], [EXPORTED, "_Py_AddToAllObjects"], ["_Py_AddToAllObjects"], []].map((names) => layoutsIn(imageWith(...names), version(3, 7), "linux-x64"));
  expect(told.map((layouts) => layouts.map(({ traceRefs }) => traceRefs))).toEqual([[false], [true], [true], [false, true]]);
});

it("a file whose symbols cannot be read is as one without", () => {
  expect(layoutsIn({ symbols: unreadable } as unknown as Image, version(3, 7), "linux-x64")).toHaveLength(2);
});

it("a version without a table has none", () => {
  expect(layoutsIn(imageWith(EXPORTED), version(3, 2), "linux-x64")).toEqual([]);
});
