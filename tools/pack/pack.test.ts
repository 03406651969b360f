import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { anyPython, nodeFolder, nodeVersions, startTarget, type Target, whyNoNodes, workspaceRoot } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeConsumer, type Consumer } from "./consumer.ts";
import { packPackages, type PackedPackage } from "./pack-packages.ts";
import { readmeExample } from "./readme-example.ts";

let tarballs = "";
let packages: readonly PackedPackage[] = [];
let consumer: Consumer;
let target: Target;

beforeAll(async () => {
  tarballs = mkdtempSync(join(tmpdir(), "pyspy-pack-"));
  packages = packPackages(tarballs);
  consumer = makeConsumer(packages);
  target = await startTarget(anyPython(), "busy.py", [4]);
}, 240_000);

afterAll(async () => {
  await target?.stop();
  consumer?.remove();
  rmSync(tarballs, { recursive: true, force: true });
});

it("packs what is meant to be published", async () => {
  const listed = packages.flatMap(({ name, files }) => files.filter((file) => !isDeclaration(file)).map((file) => `${name} ${withoutHash(file)}`));
  await expect(`${[...new Set(listed)].join("\n")}\n`).toMatchFileSnapshot("packed-files.txt");
});

it("packs declarations of sources that exist", () => {
  for (const { folder, files } of packages) {
    for (const file of files.filter(isDeclaration)) {
      const source = file.replace(/^dist\//, "src/").replace(/\.d\.ts(\.map)?$/, ".ts");
      expect(existsSync(join(folder, source)), `${folder}: ${file}`).toBe(true);
    }
  }
});

function isDeclaration(file: string): boolean {
  return /\.d\.ts(\.map)?$/.test(file);
}

/** Pieces that the bundler shares between entries are named after what is in them. */
function withoutHash(file: string): string {
  return file.replace(/-[A-Z0-9]{8}\.js/, "-HASH.js");
}

describe.skipIf(whyNoNodes !== "").each(nodeVersions)(`an installed pyspy on Node %s${whyNoNodes && ` [${whyNoNodes}]`}`, (version) => {
  let node = "";
  beforeAll(() => {
    node = nodeFolder(version);
    expect(consumer.run(node, "node", "--version").stdout.trim()).toBe(`v${version}`);
  }, 300_000);

  it("says its version", () => {
    const { version: ours } = JSON.parse(readFileSync(join(workspaceRoot, "packages/cli/package.json"), "utf8")) as { version: string };
    const { status, stdout, stderr } = consumer.run(node, "pyspy", "--version");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: expect.stringContaining(ours), stderr: "" });
  });

  it("dumps a running program", () => {
    const { status, stdout, stderr } = consumer.run(node, "pyspy", "dump", "--pid", String(target.pid));
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const frame of target.ready.threads[0]?.frames ?? []) expect(stdout).toContain(frame.name);
  });

  it("records a running program", () => {
    const file = join(consumer.folder, `profile-${version}.svg`);
    const { status, stderr } = consumer.run(node, "pyspy", "record", "-o", file, "-d", "1", "-r", "50", "--pid", String(target.pid));
    expect(status, stderr).toBe(0);
    const picture = readFileSync(file, "utf8");
    expect(picture.slice(0, 5)).toMatch(/^(<\?xml|<svg)/);
    const titles = [...picture.matchAll(/<title>([^<]*)/g)].map(([, title]) => title);
    for (const name of ["descend", "spin"]) expect(titles).toContainEqual(expect.stringMatching(`^${name} .*100\\.00%`));
  });

  it.each(["@pyspy/profile", "@pyspy/layouts", "@pyspy/formatters"])("runs the example of %s", (name) => {
    const file = writeExample(name);
    const { status, stderr } = consumer.run(node, "node", toJavaScript(file));
    expect(status, stderr).toBe(0);
  });
});

it.each(["@pyspy/profile", "@pyspy/layouts", "@pyspy/formatters"])("the example of %s has no type error", (name) => {
  const compiler = join(workspaceRoot, "node_modules", ".bin", "tsc");
  const types = join(workspaceRoot, "node_modules", "@types");
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--typeRoots", types, "--types", "node"];
  const { status, stdout } = consumer.run(dirname(process.execPath), compiler, ...options, writeExample(name));
  expect(status, stdout).toBe(0);
});

function writeExample(name: string): string {
  const packed = packages.find((candidate) => candidate.name === name);
  if (packed === undefined) throw new Error(`${name} was not packed`);
  const file = join(consumer.folder, `${name.replace(/^.*\//, "")}.ts`);
  writeFileSync(file, readmeExample(packed));
  return file;
}

/** Older versions of Node don't read TypeScript. */
function toJavaScript(file: string): string {
  const compiler = join(workspaceRoot, "node_modules", ".bin", "tsc");
  const options = ["--noCheck", "--module", "nodenext", "--target", "es2023", "--ignoreConfig"];
  const { status, stdout } = consumer.run(dirname(process.execPath), compiler, ...options, file);
  expect(status, stdout).toBe(0);
  return file.replace(/\.ts$/, ".js");
}
