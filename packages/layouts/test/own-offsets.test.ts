import { debugOffsetsSize, debugOffsetsVersion, layoutFor, selfDescribedLayout, supportedVersions } from "@pyspy/layouts";
import { describe, expect, it } from "vitest";
import { differences } from "./differences.ts";
import { findInterpreters } from "./interpreters.ts";
import { recorded, recordedVersions } from "./recorded.ts";

/** Where a build may differ from its minor's table: only sizes of structs that grow or shrink at their end. */
const mayDiffer = /^(runtimeState|interpreterState|threadState)\.size: /;

/** The collector's state grew by 24 bytes between 3.14.0 and 3.14.6; what lies behind it moved. */
const movedIn314 = /^interpreterState\.(importsModules|codeObjectGeneration): /;

/** What the recorded ones differ in: `runtimeState.size` is in no table; Debian's 3.15 has the JIT's tail. */
const recordedDifferences: Record<(typeof recordedVersions)[number], string[]> = {
  "3.13.0": ["interpreterState.size: 194984 -> 194968", "runtimeState.size: undefined -> 283320", "threadState.size: 312 -> 304"],
  "3.13.15t": ["runtimeState.size: undefined -> 328384"],
  "3.13.18": ["runtimeState.size: undefined -> 283408"],
  "3.14.10": ["runtimeState.size: undefined -> 316616"],
  "3.15.2": ["interpreterState.size: 226232 -> 226240", "runtimeState.size: undefined -> 346568"],
};

describe.each(recordedVersions)("the recorded offsets of %s", (version) => {
  const bytes = recorded(version);
  const told = debugOffsetsVersion(bytes);
  const freeThreaded = version.endsWith("t");

  it("tell their version and size", () => {
    const [major, minor, micro] = version.replace("t", "").split(".").map(Number);
    expect(told).toEqual({ major, minor, micro, freeThreaded });
    expect(debugOffsetsSize(bytes)).toBe(bytes.length);
  });

  it("equal the generated table", () => {
    const table = layoutFor({ major: 3, minor: told?.minor ?? 0 }, { freeThreaded });
    if (table === undefined) throw new Error("no table");
    const described = selfDescribedLayout(bytes);
    expect(described.source).toBe("self-described");
    expect(described.assumed).toBeUndefined();
    expect(differences(table, described)).toEqual(recordedDifferences[version]);
    expect(differences(described, table)).toHaveLength(recordedDifferences[version].length - 1);
  });
});

const interpreters = findInterpreters();

describe.skipIf(interpreters.length === 0)("interpreters here [needs a CPython 3.13 or later from pyenv or PYSPY_PYTHONS]", () => {
  it.each(interpreters)("$name's own offsets equal the generated table", ({ debugOffsets }) => {
    const told = debugOffsetsVersion(debugOffsets);
    if (told === undefined) throw new Error("no debug offsets");
    const table = layoutFor(told, { freeThreaded: told.freeThreaded });
    if (table === undefined) throw new Error("no table");
    const found = differences(table, selfDescribedLayout(debugOffsets, table));
    const moved = told.minor === 14 && told.micro < 6 ? movedIn314 : /^never/;
    expect(found.filter((difference) => !mayDiffer.test(difference) && !moved.test(difference))).toEqual([]);
    expect(found).toContainEqual(expect.stringMatching(/^runtimeState\.size: undefined -> \d+$/));
  });
});

it("has every recorded version's table listed as proven", () => {
  const proven = supportedVersions().filter(({ evidence }) => evidence === "proven").map(({ minor, freeThreaded }) => `3.${minor}${freeThreaded ? "t" : ""}`);
  const told = recordedVersions.map((version) => version.replace(/^(3\.\d+)\.\d+/, "$1"));
  expect(proven).toEqual(expect.arrayContaining([...new Set(told)]));
});
