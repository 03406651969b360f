import { attach, formatVersion, readStacks } from "@pyspy/sampler";
import { describe, expect, it } from "vitest";
import { findImages } from "../src/image.ts";
import { attachErrorOf } from "./attach-error-of.ts";
import { changeable } from "./changed-process.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { recordingNamed, recordings } from "./recordings.ts";

describe("recordings", () => {
  it("exist of every version", () => {
    const versions = recordings.map(({ name }) => name).filter((name) => !name.includes("-"));
    expect(versions.filter((name) => !name.endsWith("d"))).toEqual(["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.15"]);
    // Debug builds.
    expect(versions.filter((name) => name.endsWith("d"))).toEqual(["3.11d", "3.13d", "3.14d", "3.15d"]);
  });

  it("exist of compiled code, of a stack in many chunks, of calls through C and of exceptions", () => {
    const rest = recordings.map(({ name }) => name).filter((name) => /-(?!generators|subinterpreters)/.test(name));
    expect(rest).toEqual(["3.13-deep", "3.14-calls", "3.14-jit", "3.15-exceptions", "3.15-jit"]);
    const [deepest = 0] = readStacks(attach(recordingNamed("3.13-deep").open())).map(({ frames }) => frames.length).toSorted((a, b) => b - a);
    expect(deepest).toBeGreaterThan(1000);
  });

  it("exist of generators and of several interpreters", () => {
    const others = recordings.map(({ name }) => name).filter((name) => name.includes("-"));
    expect(others.filter((name) => name.endsWith("-generators"))).toEqual(["3.10-generators", "3.11-generators", "3.13t-generators", "3.15-generators"]);
    const several = others.filter((name) => name.endsWith("-subinterpreters"));
    expect(several).toEqual(["3.8-subinterpreters", "3.12-subinterpreters", "3.13t-subinterpreters", "3.15-subinterpreters"]);
    for (const name of several) {
      const stacks = readStacks(attach(recordingNamed(name).open()));
      expect(new Set(stacks.map(({ interpreter }) => interpreter)), name).toEqual(new Set([0, 1, 2, 3]));
    }
  });

  it.each(recordings.map((recording) => [recording.name, recording] as const))("of %s replays to what the program said", (_, recording) => {
    const python = attach(recording.open());
    const [major, minor, micro] = recording.ready.version;
    expect(formatVersion(python.version)).toBe(`${major}.${minor}.${micro}`);
    expect(python.layout.source).toBe(minor < 13 ? "generated" : "self-described");
    expect(python.layout.freeThreaded).toBe(/^3\.\d+t/.test(recording.name));
    for (let repeat = 0; repeat < 3; repeat++) expect(read(readStacks(python))).toEqual(saidBy(recording.ready));
  });
});

const HEX_3_16 = 0x031000f0;

describe("a Python newer than every table", () => {
  const recording = recordingNamed("3.15");

  it("is read by its own offsets", () => {
    const { process } = renumbered();
    const python = attach(process);
    expect(formatVersion(python.version)).toBe("3.16.0");
    expect(python.layout.version).toEqual({ major: 3, minor: 16 });
    expect(read(readStacks(python))).toEqual(saidBy(recording.ready));
  });

  it.each([
    ["runtime_state.interpreters_head", 24 + 2 * 8, 2 ** 40],
    ["runtime_state.interpreters_head", 24 + 2 * 8, 7],
    ["interpreter_state.size", 24 + 3 * 8, 0],
  ])("is refused when its own %s, at %i, is %i", (_, offset, value) => {
    const { process, memory, runtime } = renumbered();
    memory.set(runtime + offset, value);
    const error = attachErrorOf(() => attach(process));
    expect(error.code).toBe("unsupported-version");
    expect(error.message).toMatch(/^Python 3\.16\.0 in process \d+ is not supported on linux-x64\n/);
    const ofInterpreter = error.attempts.filter(({ strategy }) => strategy !== "open");
    expect(ofInterpreter.map(({ strategy, saw }) => `${strategy}: ${saw}`)).toEqual([
      expect.stringMatching(/^symbol _PyRuntime: 0x[0-9a-f]+: .*(runtime_state|interpreter_state|at 0x)/),
      "symbol interp_head: no such symbol",
      expect.stringMatching(/^section \.PyRuntime: 0x[0-9a-f]+: .*(runtime_state|interpreter_state|at 0x)/),
      expect.stringMatching(/^debug-offsets cookie in data: 0x[0-9a-f]+: .*(runtime_state|interpreter_state|at 0x)/),
      "scan of data: not tried: no layout without a version",
    ]);
  });

  /** The recording of 3.15 with all that tells its version telling 3.16. */
  function renumbered(): ReturnType<typeof changeable> & { readonly runtime: number } {
    const { runtime, image } = attach(recording.open());
    const changed = changeable(recording.open());
    const interpreter = findImages(changed.process).find(({ path }) => path === image);
    const version = interpreter?.binary.symbols(["Py_Version"]).get("Py_Version");
    if (!interpreter || !version) throw new Error("the recording has lost Py_Version");
    changed.memory.set(interpreter.loaded(version.address), HEX_3_16, 4);
    // It follows the cookie.
    changed.memory.set(runtime + 8, HEX_3_16, 4);
    return { ...changed, runtime };
  }
});
