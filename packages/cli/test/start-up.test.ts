import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { anyPython, nodeFolder, nodeVersions, startTarget, whyNoNodes } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { builtFolder, main } from "./built.ts";
import { Folder } from "./folder.ts";
import { pyspy, startPyspy } from "./pyspy.ts";

/** Scripts that a run loads: those of the bundle, and of other packages. */
async function loaded(...args: readonly string[]): Promise<readonly string[]> {
  using folder = new Folder();
  await pyspy(args, { env: { NODE_V8_COVERAGE: folder.path } });
  const reports = folder.names().map((name) => JSON.parse(readFileSync(folder.join(name), "utf8")) as { result: { url: string }[] });
  return reports.flatMap(({ result }) => result.map(({ url }) => url)).filter((url) => url.startsWith("file:"));
}

/** Node's own modules that a run has loaded at its end. */
async function loadedOfNode(...args: readonly (string | number)[]): Promise<readonly string[]> {
  using folder = new Folder();
  const list = folder.join("list");
  writeFileSync(folder.join("at-exit.cjs"), `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join("\\n")));`);
  const { status, stderr } = await pyspy(args, { env: { NODE_OPTIONS: `--require ${folder.join("at-exit.cjs")}` } });
  expect(status, stderr).toBe(0);
  return readFileSync(list, "utf8").split("\n");
}

describe("the start", () => {
  it.each([["--version"], ["--help"], ["record", "--help"], ["dump", "-p", "x"]])("of %s %s loads neither koffi nor the sampler", async (...args) => {
    const urls = await loaded(...args);
    expect(urls.map((url) => basename(url))).toContain("main.js");
    expect(urls.filter((url) => url.includes("koffi"))).toEqual([]);
    const text = urls.map((url) => readFileSync(new URL(url), "utf8")).join("");
    expect(urls.every((url) => url.includes(builtFolder()))).toBe(true);
    expect(text).not.toMatch(/_Py_DebugOffsets|process_vm_readv|<svg/);
  });

  it("of a dump does not load the formats", async () => {
    const urls = await loaded("dump", "-p", "2147483647");
    const text = urls.filter((url) => !url.includes("node_modules")).map((url) => readFileSync(new URL(url), "utf8")).join("");
    expect(text).toContain("process_vm_readv");
    expect(text).not.toMatch(/speedscope\.app\/file-format-schema/);
  });
});

/** Files and folders that are in a folder, or 0. */
function kept(folder: string): number {
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0;
}

describe("Node's modules that take long to load", () => {
  const slow = ["child_process", "assert", "net", "tty", "stream", "zlib", "worker_threads"].map((name) => `NativeModule ${name}`);

  it("are not loaded to print the version", async () => {
    const names = await loadedOfNode("--version");
    expect(names).toContain("NativeModule fs");
    expect(slow.filter((name) => names.includes(name))).toEqual([]);
  });

  it("are not loaded for a dump into a pipe", async () => {
    await using target = await startTarget(anyPython(), "busy.py", [3]);
    const names = await loadedOfNode("dump", "-p", target.pid);
    expect(slow.filter((name) => names.includes(name))).toEqual([]);
  });
});

describe("compiled code", () => {
  const without = { NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: undefined };
  const quiet = { status: 0, stderr: "", stdout: expect.stringMatching(/^pyspy \S+\n$/) };

  it.each([
    ["below HOME", ".cache/pyspy", (path: string) => ({ HOME: path })],
    ["below XDG_CACHE_HOME", "pyspy", (path: string) => ({ HOME: "/", XDG_CACHE_HOME: path })],
  ])("is kept %s", async (_where, folder, places) => {
    using home = new Folder();
    const env = { ...without, ...places(home.path) };
    expect(await pyspy(["--version"], { env })).toMatchObject(quiet);
    expect(kept(home.join(folder))).toBeGreaterThan(1);
    expect(await pyspy(["--version"], { env })).toMatchObject(quiet);
  });

  it("of a recording's thread is kept as well", async () => {
    using home = new Folder();
    await using target = await startTarget(anyPython(), "busy.py", [3]);
    const env = { ...without, HOME: home.path };
    const { status, stderr } = await pyspy(["record", "-d", "0.2", "-o", home.join("p.svg"), "-p", target.pid], { env });
    expect(status, stderr).toBe(0);
    const largest = readdirSync(home.join(".cache/pyspy"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
    // The thread's bundle is far the largest of what a recording runs.
    expect(Math.max(...largest)).toBeGreaterThan(100_000);
  });

  it("is not kept where Node is told so", async () => {
    using home = new Folder();
    expect(await pyspy(["--version"], { env: { ...without, HOME: home.path, NODE_DISABLE_COMPILE_CACHE: "1" } })).toMatchObject(quiet);
    expect(kept(home.join(".cache/pyspy"))).toBe(0);
  });

  it("is not kept where others may write", async () => {
    using home = new Folder();
    mkdirSync(home.join(".cache"));
    chmodSync(home.join(".cache"), 0o777);
    expect(await pyspy(["--version"], { env: { ...without, HOME: home.path } })).toMatchObject(quiet);
    expect(kept(home.join(".cache/pyspy"))).toBe(0);
  });

  it.skipIf(process.getuid?.() !== 0)("is not kept in a home of somebody else's, as under sudo [needs root]", async () => {
    using home = new Folder();
    chownSync(home.path, 12_345, 12_345);
    expect(await pyspy(["--version"], { env: { ...without, HOME: home.path } })).toMatchObject(quiet);
    expect(kept(home.join(".cache/pyspy"))).toBe(0);
  });

  it.each([["a file", "file"], ["nowhere", "missing"], ["nothing", ""], ["a folder that cannot be written", "/proc"]])("is quietly done without where home is %s", async (_what, place) => {
    using folder = new Folder();
    writeFileSync(folder.join("file"), "");
    const home = place === "" || place.startsWith("/") ? place : folder.join(place);
    expect(await pyspy(["--version"], { env: { ...without, HOME: home } })).toMatchObject(quiet);
  });
});

describe("what is published", () => {
  it("has the licences of all that is in the bundle", () => {
    const text = readFileSync(join(builtFolder(), "THIRD-PARTY-NOTICES.txt"), "utf8");
    const packages = [...text.matchAll(/^(\S+) \d+\.\d+\.\d+ \((.*)\)$/gm)].map(([, name, licence]) => [name, licence]);
    expect(packages).toEqual([["commander", "MIT"], ["elfy", "MIT"], ["endian-reader", "MIT"]]);
    expect(text.match(/^Copyright .*/gm)).toHaveLength(3);
  });

  it("can be run", () => {
    expect(statSync(main()).mode & 0o111).toBe(0o111);
    expect(readFileSync(main(), "utf8").split("\n", 1)).toEqual(["#!/usr/bin/env node"]);
  });

  it("is few files", () => expect(readdirSync(builtFolder()).filter((name) => name.endsWith(".js")).length).toBeLessThan(32));
});

const oldNode = nodeVersions.find((version) => version.startsWith("20.")) as string;

it.skipIf(whyNoNodes !== "")(`Node ${oldNode} records and dumps${whyNoNodes && ` [${whyNoNodes}]`}`, async () => {
  using folder = new Folder();
  await using target = await startTarget(anyPython(), "busy.py", [3]);
  const node = join(nodeFolder(oldNode), "node");
  const dump = await pyspy(["dump", "-p", target.pid], { node });
  expect(dump).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("    spin (fixture.py:") });
  const record = await pyspy(["record", "-o", folder.join("p.svg"), "-d", "0.3", "-p", target.pid], { node });
  expect(record).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(folder.join("p.svg"), "utf8")).toMatch(/spin[^]*<\/svg>\s*$/);
  await using started = startPyspy(["record", "-o", folder.join("q.svg"), "-d", "0.3", "--", ...anyPython().command, "-c", "import sys; sys.stdin.read(); sys.exit(6)"], { node });
  await started.until(/Wrote flamegraph/);
  started.child.stdin?.end();
  expect(await started.end()).toMatchObject({ status: 6, stderr: "" });
});
