import { layoutFor, LayoutError, supportedVersions } from "@pyspy/layouts";
import type { Layout, Target, Traits } from "@pyspy/layouts";
import { describe, expect, it } from "vitest";
import { flatten } from "./differences.ts";

function layout(minor: number, freeThreaded = false): Layout {
  const found = layoutFor({ major: 3, minor }, { freeThreaded });
  if (found === undefined) throw new Error(`no layout of 3.${minor}`);
  return found;
}

const targets: readonly Target[] = ["linux-x64", "linux-arm64", "linux-arm", "linux-ia32", "darwin-x64", "darwin-arm64", "win32-x64", "win32-ia32"];
const minors = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/** Every build that has a table. */
const builds = supportedVersions().flatMap((version) => version.targets.map((target) => ({ ...version, target })));

function layoutOf({ major, minor, since, ...build }: (typeof builds)[number]): Layout {
  const found = layoutFor({ major, minor, micro: since }, build);
  if (found === undefined) throw new Error(`no layout of ${major}.${minor}.${since} ${build.target}`);
  return found;
}

describe("layoutFor", () => {
  it("has a table of every version for every target", () => {
    for (const target of targets) {
      expect(layoutFor({ major: 2, minor: 7 }, { target })?.target).toBe(target);
      for (const minor of minors) expect(layoutFor({ major: 3, minor }, { target })?.version, target).toEqual({ major: 3, minor });
      for (const minor of [13, 14, 15]) expect(layoutFor({ major: 3, minor }, { target, freeThreaded: true })?.freeThreaded, target).toBe(true);
    }
    expect(new Set(builds.map(({ target }) => target))).toEqual(new Set(targets));
    expect(new Set(builds.filter(({ major }) => major === 3).map(({ minor }) => minor))).toEqual(new Set(minors));
  });

  it("has a table of every build it lists", () => {
    for (const build of builds) {
      const pointerSize = build.target.endsWith("64") ? 8 : 4;
      const { major, minor, freeThreaded, traceRefs, target } = build;
      expect(layoutOf(build)).toMatchObject({ version: { major, minor }, freeThreaded, traceRefs, target, pointerSize, source: "generated" });
    }
  });

  it("holds for every patch release", () => {
    expect(layoutFor({ major: 3, minor: 11, micro: 2 })).toEqual(layout(11));
  });

  it("tells releases apart between which something moved", () => {
    const gils = [0, 3, 4, 17].map((micro) => layoutFor({ major: 3, minor: 7, micro })?.runtimeState.gilLastHolder);
    expect([...gils, layout(7).runtimeState.gilLastHolder]).toEqual([1184, 1184, 1272, 1272, 1272]);
  });

  it("has two pointers more before every object with Py_TRACE_REFS, up to 3.12", () => {
    for (const minor of minors) {
      const [release, debug] = [layout(minor), layoutFor({ major: 3, minor }, { traceRefs: true })];
      const more = minor <= 12 ? 16 : 0;
      expect(debug?.object).toEqual({ size: release.object.size + more, type: release.object.type + more });
      expect(debug?.codeObject.name).toBe(release.codeObject.name + more);
      expect(debug?.threadState).toEqual(release.threadState);
    }
  });

  it("is undefined for what has no table", () => {
    expect(layoutFor({ major: 2, minor: 6 })).toBeUndefined();
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

  it("counts the GIL's switches right behind `locked`, from 3.7 on", () => {
    for (const build of builds) {
      const { gilRuntimeState, runtimeState, target, pointerSize } = layoutOf(build);
      const name = `${build.source} ${target}`;
      const [locked, switches] = [gilRuntimeState?.locked ?? runtimeState.gilLocked, gilRuntimeState?.switchNumber ?? runtimeState.gilSwitchNumber];
      if (locked === undefined) expect([build.major === 2 || build.minor < 7, switches], name).toEqual([true, undefined]);
      else expect((switches ?? 0) - locked, name).toBe(target.startsWith("win32") ? 4 : pointerSize);
    }
  });

  it("has the bits of a str's state, at other places only where free-threaded builds keep `interned` apart", () => {
    for (const build of builds.filter(({ major }) => major === 3)) {
      const { traits, target, freeThreaded } = layoutOf(build);
      const apart = freeThreaded && build.minor >= 14;
      const kind = apart ? (target.startsWith("win32") ? 32 : 8) : 2;
      expect(traits.unicodeState, `${build.source} ${target}`).toEqual({ kind, compact: kind + 3, ascii: kind + 4 });
    }
  });

  it("keeps every offset inside its struct", () => {
    for (const build of builds) {
      const offsets = flatten(layoutOf(build));
      for (const group of ["interpreterState", "threadState", "interpreterFrame", "codeObject", "typeObject"]) {
        const size = offsets.get(`${group}.size`) ?? 0;
        const members = [...offsets].filter(([name]) => name.startsWith(`${group}.`) && !name.endsWith(".size"));
        expect(members.length).toBeGreaterThan(2);
        expect(members.filter(([, offset]) => offset >= size)).toEqual([]);
        expect(new Set(members.map(([, offset]) => offset)).size).toBe(members.length);
      }
    }
  });
});

describe("traits", () => {
  const bits = { kind: 2, compact: 5, ascii: 6 };
  const expected: Record<number, Partial<Traits>> = {
    3: { runtime: "variables", frames: "frame-objects", lineTable: "lnotab-unsigned", gil: "current-thread", strings: "unicode", dictKeys: "sparse", setEntries: "hash-key", frameState: undefined },
    4: { lineTable: "lnotab-unsigned", dictKeys: "sparse", setEntries: "key-hash", frameState: "executing-flag" },
    5: { lineTable: "lnotab-unsigned", gil: "current-thread", dictKeys: "sparse" },
    6: { runtime: "variables", lineTable: "lnotab", gil: "current-thread", dictKeys: "dict-size" },
    7: { runtime: "struct", lineTable: "lnotab", gil: "runtime", instruction: "lasti-bytes", frameState: "executing-flag" },
    8: { frames: "frame-objects", currentFrame: "frame", instruction: "lasti-bytes", lineTable: "lnotab", dictKeys: "dict-size", dictValues: "array", instanceDict: "dictoffset", managedDictOffset: undefined, generatorOwner: undefined, shimOwner: undefined, frameSize: undefined, gil: "runtime", longSize: "ob-size" },
    9: { instruction: "lasti-bytes", lineTable: "lnotab" },
    10: { frames: "frame-objects", currentFrame: "frame", instruction: "lasti-units", lineTable: "linetable", dictKeys: "dict-size", frameState: "state-enum" },
    11: { frames: "data-stack", currentFrame: "cframe", instruction: "pointer", lineTable: "locations", frameState: undefined, dictKeys: "log2-size", dictValues: "array", instanceDict: "managed-pointers", managedDictOffset: 24, generatorOwner: 1, shimOwner: undefined, frameSize: "locals-and-stack", gil: "runtime", longSize: "ob-size" },
    12: { currentFrame: "cframe", instanceDict: "managed-tagged", managedDictOffset: 24, generatorOwner: 1, shimOwner: 3, frameSize: "framesize", gil: "interpreter", longSize: "tag", dictValues: "array" },
    13: { currentFrame: "current-frame", instanceDict: "inline-values", managedDictOffset: 24, dictValues: "headed", stackReferences: "plain", poppedFrames: "kept", returnOpcode: undefined },
    14: { currentFrame: "current-frame", stackReferences: "tagged", poppedFrames: "cleared", returnOpcode: 35, shimOwner: 3 },
    15: { stackReferences: "tagged", poppedFrames: "cleared", returnOpcode: 33, shimOwner: 3, dictValues: "headed" },
  };

  it.each(Object.keys(expected).map(Number))("of 3.%i", (minor) => {
    expect(layout(minor).traits).toMatchObject({ unicodeState: bits, ...expected[minor] });
  });

  it("of 2.7", () => {
    expect(layoutFor({ major: 2, minor: 7 })?.traits).toMatchObject({ runtime: "variables", frames: "frame-objects", lineTable: "lnotab-unsigned", gil: "current-thread", strings: "bytes", unicodeState: undefined, dictKeys: "table", setEntries: "hash-key", frameState: undefined });
  });

  it("of free-threaded builds", () => {
    expect(layout(13, true).traits).toEqual({ ...layout(13).traits, managedDictOffset: 8 });
    expect(layout(14, true).traits).toEqual({ ...layout(14).traits, managedDictOffset: 8, unicodeState: { kind: 8, compact: 11, ascii: 12 } });
  });

  it("say of each version how frames are found, and the layout has what that takes", () => {
    for (const build of builds) {
      const { traits, threadState, cframe, stackChunk, gilRuntimeState, runtimeState, interpreterState, dictKeys, codeObject, intObject, interpreterFrame } = layoutOf(build);
      expect({ frame: threadState.frame, cframe: cframe?.currentFrame, "current-frame": threadState.currentFrame }[traits.currentFrame]).toBeTypeOf("number");
      expect(stackChunk !== undefined).toBe(traits.frames === "data-stack");
      expect(gilRuntimeState !== undefined && interpreterState.cevalGil !== undefined).toBe(traits.gil === "interpreter");
      expect(runtimeState.gilLocked !== undefined).toBe(traits.gil === "runtime");
      expect(dictKeys?.size !== undefined).toBe(traits.dictKeys === "dict-size" || traits.dictKeys === "sparse");
      expect(dictKeys === undefined).toBe(traits.dictKeys === "table");
      expect(intObject !== undefined && traits.unicodeState === undefined).toBe(traits.strings === "bytes");
      expect(interpreterFrame.state !== undefined).toBe(traits.frameState !== undefined);
      expect(codeObject.framesize !== undefined).toBe(traits.frameSize === "framesize");
    }
  });
});

function named(evidence: string): string[] {
  return supportedVersions()
    .filter((version) => version.evidence === evidence && version.targets.includes("linux-x64"))
    .map(({ major, minor, since, freeThreaded, traceRefs, source }) => `${major}.${minor}${freeThreaded ? "t" : ""}${traceRefs ? "d" : ""} from .${since}, ${source}`);
}

describe("supportedVersions", () => {
  it("says what was compared with real builds, and what only comes from headers", () => {
    expect(named("proven")).toEqual([
      "2.7 from .0, 2.7.18", "3.6 from .0, 3.6.15", "3.7 from .4, 3.7.16", "3.8 from .0, 3.8.18", "3.9 from .0, 3.9.18", "3.10 from .0, 3.10.13",
      "3.11 from .0, 3.11.7", "3.12 from .0, 3.12.1", "3.13 from .0, 3.13.18", "3.13t from .0, 3.13.15", "3.14 from .0, 3.14.10", "3.15 from .0, 3.15.2",
    ]);
    expect(named("derived").filter((name) => !name.includes("d from"))).toEqual([
      "3.3 from .0, 3.3.7", "3.4 from .0, 3.4.10", "3.5 from .0, 3.5.9", "3.7 from .0, 3.7.3", "3.14t from .0, 3.14.10", "3.15t from .0, 3.15.2",
    ]);
    expect(supportedVersions().filter(({ evidence, targets: held }) => evidence === "proven" && held.some((target) => target !== "linux-x64"))).toEqual([]);
  });
});
