import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProcess } from "@pyspy/process";
import { attach, formatVersion, KnownImages, readStacks } from "@pyspy/sampler";
import { type Python, pythons, startTarget } from "@pyspy/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { findImages } from "../src/image.ts";
import { attachErrorOf } from "./attach-error-of.ts";
import { changeable } from "./changed-process.ts";
import { prefixOf } from "./c-program.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { recordingNamed } from "./recordings.ts";
import { unsupported } from "./supported.ts";

const folder = mkdtempSync(join(tmpdir(), "pyspy-discovery-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ours = pythons().filter((python) => unsupported(python) === "" && python.root === "");
const newest = ours.findLast((python) => !python.freeThreaded) as Python;

describe("what one process teaches of a file", () => {
  it("is used for the next, which is not scanned", async () => {
    const strategy = "scan of data";
    await using one = await startTarget(newest, "still.py");
    await using other = await startTarget(newest, "still.py");
    const known = new KnownImages();
    const counts = [one, other].map(({ pid, ready }) => {
      using target = openProcess(pid);
      const { process, memory } = changeable(target);
      const python = attach(process, { known, strategies: [strategy] });
      expect(python.strategy).toBe(strategy);
      const bytes = memory.spans.reduce((sum, { length }) => sum + length, 0);
      expect(read(readStacks(python))).toEqual(saidBy(ready));
      return bytes;
    });
    expect(known.size).toBe(1);
    expect(counts[1]).toBeLessThan((counts[0] as number) / 3);
  });

  it("counts only if it closes", async () => {
    await using target = await startTarget(newest, "still.py");
    using process = openProcess(target.pid);
    const known = new KnownImages();
    const { image, runtime, strategy } = attach(process);
    const file = findImages(process).find(({ path }) => path === image);
    if (!file) throw new Error("no image");
    for (const wrong of [runtime + 24, runtime - 4096, 0]) {
      known.add(file, wrong, strategy);
      const python = attach(process, { known });
      expect(python.runtime).toBe(runtime);
      expect(read(readStacks(python))).toEqual(saidBy(target.ready));
    }
  });
});

it("a scan finds the head of all interpreters, not just one of them", async () => {
  await using target = await startTarget(newest, "subinterpreter.py");
  using process = openProcess(target.pid);
  const first = attach(process);
  const scanned = attach(process, { strategies: ["scan of data"] });
  expect(scanned.runtime).toBe(first.runtime);
  expect(new Set(readStacks(scanned).map(({ interpreter }) => interpreter))).toEqual(new Set([0, 1]));
});

describe("a version", () => {
  it("that the file name gives wrongly is not believed", async () => {
    const python = ours.findLast(({ isStatic }) => isStatic);
    if (!python) return;
    const executable = join(folder, "python3.8");
    copyFileSync(python.executable, executable);
    await using target = await startTarget({ ...python, command: [executable] }, "still.py", [], { env: { PYTHONHOME: prefixOf(python) } });
    using process = openProcess(target.pid);
    expect(attach(process).version).toMatchObject({ minor: python.version.minor, micro: python.version.micro });
  });

  it("that Py_Version gives wrongly is noticed, and the next source asked", () => {
    const recording = recordingNamed("3.11");
    const { process, memory } = changeable(recording.open());
    const image = findImages(process)[0];
    const symbol = image?.binary.symbols(["Py_Version"]).get("Py_Version");
    if (!image || !symbol) throw new Error("the recording has lost Py_Version");
    memory.set(image.loaded(symbol.address), 0x030d00f0, 4);
    const python = attach(process);
    expect(formatVersion(python.version)).toMatch(/^3\.11/);
    expect(read(readStacks(python))).toEqual(saidBy(recording.ready));
  });

  it("that is asked for overrides what the process says", () => {
    const recording = recordingNamed("3.11");
    const python = attach(recording.open(), { pythonVersion: "3.11" });
    expect(formatVersion(python.version)).toBe("3.11");
    expect(read(readStacks(python))).toEqual(saidBy(recording.ready));
    const error = attachErrorOf(() => attach(recording.open(), { pythonVersion: "3.13" }));
    expect(error).toMatchObject({ code: "interpreter-not-found" });
    expect(error.message).toMatch(/^process \d+ has Python 3\.13, but its interpreter state /);
  });

  it("that describes itself is read as another if that is asked for", () => {
    const error = attachErrorOf(() => attach(recordingNamed("3.13").open(), { pythonVersion: "3.11" }));
    expect(error.message).toMatch(/^process \d+ has Python 3\.11, but/);
    expect(attach(recordingNamed("3.13").open(), { pythonVersion: "3.13" }).layout.source).toBe("self-described");
  });

  it.each(["", "3", "4.0", "three", "3.12.x", "3.99"])("%j is refused", (pythonVersion) => {
    expect(attachErrorOf(() => attach(recordingNamed("3.11").open(), { pythonVersion }))).toMatchObject({
      code: "unsupported-version",
      message: `"${pythonVersion}" is no version of Python: expected one like 3.12`,
    });
  });
});

it("the error says what each step saw, in a dozen lines at most", async () => {
  await using target = await startTarget(newest, "still.py");
  using process = openProcess(target.pid);
  const error = attachErrorOf(() => attach(process, { image: "libc.so.6", wait: 0 }));
  expect(error.code).toBe("not-python");
  const lines = error.message.split("\n");
  expect(lines[0]).toBe(`no Python interpreter found in process ${target.pid}`);
  expect(lines.slice(1)).toEqual(expect.arrayContaining([
    expect.stringMatching(/^ {2}symbol _PyRuntime \(.*libc\.so\.6\): no such symbol$/),
    expect.stringMatching(/^ {2}section \.PyRuntime \(.*libc\.so\.6\): no such section$/),
    expect.stringMatching(/^ {2}debug-offsets cookie in data \(.*libc\.so\.6\): none in \d+ bytes$/),
    expect.stringMatching(/^ {2}scan of data \(.*libc\.so\.6\): not tried: no layout without a version$/),
  ]));
  expect(lines.length).toBeLessThanOrEqual(12);
});
