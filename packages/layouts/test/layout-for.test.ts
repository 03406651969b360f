import { layoutFor, LayoutError, supportedVersions } from "@pyspy/layouts";
import type { Layout, Traits } from "@pyspy/layouts";
import { describe, expect, it } from "vitest";
import { flatten } from "./differences.ts";

function layout(minor: number, freeThreaded = false): Layout {
  const found = layoutFor({ major: 3, minor }, { freeThreaded });
  if (found === undefined) throw new Error(`no layout of 3.${minor}`);
  return found;
}

describe("layoutFor", () => {
  it("has a table of every supported version, and lists no other", () => {
    const listed = supportedVersions().map(({ minor, freeThreaded }) => `3.${minor}${freeThreaded ? "t" : ""}`);
    expect(listed).toEqual(["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t", "3.15", "3.15t"]);
    for (const { minor, freeThreaded, targets } of supportedVersions()) {
      expect(targets).toEqual(["linux-x64"]);
      expect(layout(minor, freeThreaded)).toMatchObject({
        version: { major: 3, minor }, freeThreaded, target: "linux-x64", pointerSize: 8, source: "generated",
      });
    }
  });

  it("holds for every patch release", () => {
    expect(layoutFor({ major: 3, minor: 11, micro: 2 })).toEqual(layout(11));
  });

  it("is undefined for what has no table", () => {
    expect(layoutFor({ major: 2, minor: 7 })).toBeUndefined();
    expect(layoutFor({ major: 3, minor: 2 })).toBeUndefined();
    expect(layoutFor({ major: 3, minor: 99 })).toBeUndefined();
    expect(layoutFor({ major: 3, minor: 12 }, { freeThreaded: true })).toBeUndefined();
    expect(layoutFor({ major: 3, minor: 12 }, { target: "win32-arm64" })).toBeUndefined();
  });

  it.each([{ major: 3, minor: -1 }, { major: 3.5, minor: 8 }, { major: 3, minor: 8, micro: Number.NaN }, { major: 3, minor: 256 }])(
    "throws LayoutError on %o",
    (version) => {
      expect(() => layoutFor(version)).toThrow(LayoutError);
    },
  );

  it("names part and value in the error", () => {
    expect(() => layoutFor({ major: 3, minor: -1 })).toThrow("version.minor is -1, expected a whole number from 0 to 255");
  });

  it("keeps every offset inside its struct", () => {
    for (const { minor, freeThreaded } of supportedVersions()) {
      const offsets = flatten(layout(minor, freeThreaded));
      for (const group of ["interpreterState", "threadState", "interpreterFrame", "codeObject", "typeObject"]) {
        const size = offsets.get(`${group}.size`) ?? 0;
        const members = [...offsets].filter(([name]) => name.startsWith(`${group}.`) && !name.endsWith(".size"));
        expect(members.length).toBeGreaterThan(3);
        expect(members.filter(([, offset]) => offset >= size)).toEqual([]);
        expect(new Set(members.map(([, offset]) => offset)).size).toBe(members.length);
      }
    }
  });
});

describe("traits", () => {
  const bits = { kind: 2, compact: 5, ascii: 6 };
  const expected: Record<number, Partial<Traits>> = {
    8: { frames: "frame-objects", currentFrame: "frame", instruction: "lasti-bytes", lineTable: "lnotab", dictKeys: "dict-size", dictValues: "array", instanceDict: "dictoffset", managedDictOffset: undefined, generatorOwner: undefined, shimOwner: undefined, frameSize: undefined, gil: "runtime", longSize: "ob-size" },
    9: { instruction: "lasti-bytes", lineTable: "lnotab" },
    10: { frames: "frame-objects", currentFrame: "frame", instruction: "lasti-units", lineTable: "linetable", dictKeys: "dict-size" },
    11: { frames: "data-stack", currentFrame: "cframe", instruction: "pointer", lineTable: "locations", dictKeys: "log2-size", dictValues: "array", instanceDict: "managed-pointers", managedDictOffset: 24, generatorOwner: 1, shimOwner: undefined, frameSize: "locals-and-stack", gil: "runtime", longSize: "ob-size" },
    12: { currentFrame: "cframe", instanceDict: "managed-tagged", managedDictOffset: 24, generatorOwner: 1, shimOwner: 3, frameSize: "framesize", gil: "interpreter", longSize: "tag", dictValues: "array" },
    13: { currentFrame: "current-frame", instanceDict: "inline-values", managedDictOffset: 24, dictValues: "headed", stackReferences: "plain", poppedFrames: "kept" },
    14: { currentFrame: "current-frame", stackReferences: "tagged", poppedFrames: "cleared", shimOwner: 3 },
    15: { stackReferences: "tagged", poppedFrames: "cleared", shimOwner: 3, dictValues: "headed" },
  };

  it.each(Object.keys(expected).map(Number))("of 3.%i", (minor) => {
    expect(layout(minor).traits).toMatchObject({ unicodeState: bits, ...expected[minor] });
  });

  it("of free-threaded builds", () => {
    expect(layout(13, true).traits).toEqual({ ...layout(13).traits, managedDictOffset: 8 });
    expect(layout(14, true).traits).toEqual({ ...layout(14).traits, managedDictOffset: 8, unicodeState: { kind: 8, compact: 11, ascii: 12 } });
  });

  it("say of each version how frames are found, and the layout has what that takes", () => {
    for (const { minor, freeThreaded } of supportedVersions()) {
      const { traits, threadState, cframe, stackChunk, gilRuntimeState, runtimeState, interpreterState, dictKeys, codeObject } = layout(minor, freeThreaded);
      expect({ frame: threadState.frame, cframe: cframe?.currentFrame, "current-frame": threadState.currentFrame }[traits.currentFrame]).toBeTypeOf("number");
      expect(stackChunk !== undefined).toBe(traits.frames === "data-stack");
      expect(gilRuntimeState !== undefined && interpreterState.cevalGil !== undefined).toBe(traits.gil === "interpreter");
      expect(runtimeState.gilLocked !== undefined).toBe(traits.gil === "runtime");
      expect(dictKeys.size !== undefined).toBe(traits.dictKeys === "dict-size");
      expect(codeObject.framesize !== undefined).toBe(traits.frameSize === "framesize");
    }
  });
});
