import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { workspaceRoot } from "@pyspy/test-fixtures";
import { afterEach, beforeEach, expect, it } from "vitest";

import { checkGraph } from "./check-graph.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pyspy-graph-"));
  for (const name of ["profile", "process", "binary", "layouts", "sampler", "formatters", "cli"]) {
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@pyspy/${name}`, devDependencies: { "fast-check": "1" } }));
    write(`packages/${name}/src/index.ts`, "export const x: number = 1;\n");
  }
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function violations(path: string, text: string): readonly string[] {
  write(path, text);
  return checkGraph(root);
}

it("finds nothing in this tree", () => {
  expect(checkGraph(workspaceRoot)).toEqual([]);
});

it("finds nothing where the rules are kept", () => {
  write("packages/sampler/src/a.ts", 'import { x } from "@pyspy/process";\nimport fs from "node:fs";\nimport { b } from "./b.ts";\n');
  write("packages/sampler/src/b.ts", 'export const b: string = (process: { platform: string }) => process.platform;\n');
  write("packages/sampler/src/c.ts", "export function f(p: P): void {\n  const process = p.open();\n  process.platform;\n}\n");
  write("packages/process/src/open-process.ts", "export const p: string = process.platform;\n");
  write("packages/layouts/src/generated/all.ts", "//\n".repeat(1000));
  write("packages/sampler/test/a.test.ts", 'import fc from "fast-check";\nimport { x } from "../src/index.ts";\nprocess.platform;\n');
  expect(checkGraph(root)).toEqual([]);
});

it.each([
  ["import", 'import { x } from "@pyspy/sampler";'],
  ["type import", 'import type { X } from "@pyspy/sampler";'],
  ["import for its effect", 'import "@pyspy/sampler/deep";'],
  ["re-export", 'export * from "@pyspy/sampler";'],
  ["named re-export", 'export { x } from "@pyspy/sampler";'],
  ["dynamic import", 'const x = await import("@pyspy/sampler");'],
  ["imported type", 'export type X = import("@pyspy/sampler").X;'],
  ["require", 'const x = require("@pyspy/sampler");'],
  ["createRequire", 'const r = createRequire(import.meta.url); r("@pyspy/sampler");'],
  ["createRequire at once", 'createRequire(import.meta.url)("@pyspy/sampler");'],
])("a forbidden %s", (_, line) => {
  expect(violations("packages/profile/src/a.ts", `\n${line}\n`)).toEqual([
    "packages/profile/src/a.ts:2: @pyspy/profile may not import @pyspy/sampler",
  ]);
});

it("a package from outside that is not allowed", () => {
  expect(violations("packages/binary/src/a.ts", 'import k from "koffi";\n')).toEqual([
    "packages/binary/src/a.ts:1: @pyspy/binary may not import koffi",
  ]);
});

it("a computed import", () => {
  expect(violations("packages/cli/src/a.ts", "await import(name);\n")).toEqual(["packages/cli/src/a.ts:1: imports something computed"]);
});

it("a relative import that leaves the package", () => {
  expect(violations("packages/cli/src/a.ts", 'import { x } from "../../binary/src/index.ts";\n')).toEqual([
    "packages/cli/src/a.ts:1: ../../binary/src/index.ts leaves packages/cli",
  ]);
});

it("a test that imports what its package doesn't depend on", () => {
  expect(violations("packages/cli/test/a.test.ts", 'import { x } from "@pyspy/binary";\n')).toEqual([
    "packages/cli/test/a.test.ts:1: @pyspy/binary is no dependency of @pyspy/cli",
  ]);
});

it("no cycle between files where one way is for types only", () => {
  write("packages/cli/src/a.ts", 'import { b } from "./b.ts";\n');
  expect(violations("packages/cli/src/b.ts", 'import type { A } from "./a.ts";\n')).toEqual([]);
});

it("a cycle between files", () => {
  write("packages/cli/src/a.ts", 'import "node:fs";\nimport { b } from "./b.ts";\n');
  expect(violations("packages/cli/src/b.ts", 'export { a } from "./a.ts";\n')).toEqual([
    "packages/cli/src/a.ts:2: cycle packages/cli/src/a.ts -> packages/cli/src/b.ts -> packages/cli/src/a.ts",
  ]);
});

it("a cycle between packages", () => {
  write("packages/sampler/src/a.ts", '\nimport "@pyspy/process";\n');
  const found = violations("packages/process/src/a.ts", 'import type { X } from "@pyspy/sampler";\n');
  expect(found).toContain("packages/process/src/a.ts:1: cycle @pyspy/process -> @pyspy/sampler -> @pyspy/process");
});

it.each([
  ["process.platform", "const a = process.platform;"],
  ["globalThis", "const a = globalThis.process.platform;"],
  ["brackets", 'const a = process["platform"];'],
  ["destructuring", "const { platform } = process;"],
  ["os.platform()", 'import os from "node:os"; os.platform();'],
  ["a name of its own", 'import * as system from "node:os"; system.platform();'],
  ["an imported function", 'import { platform as p } from "node:os";'],
  ["an imported process", 'import proc from "node:process"; proc.platform;'],
])("the platform asked for outside open-process.ts: %s", (_, line) => {
  expect(violations("packages/cli/src/a.ts", `\n\n${line}\n`)).toEqual([
    "packages/cli/src/a.ts:3: only packages/process/src/open-process.ts asks for the platform",
  ]);
});

it("the platform asked for beside a function with a `process` of its own", () => {
  const text = "export function f(process: P): string {\n  return process.platform;\n}\nprocess.platform;\n";
  expect(violations("packages/cli/src/a.ts", text)).toEqual([
    "packages/cli/src/a.ts:4: only packages/process/src/open-process.ts asks for the platform",
  ]);
});

it.each(["utils.ts", "string-helpers.ts", "common/read.ts", "manager.ts", "types.ts"])("a file called %s", (name) => {
  const word = /utils|helpers|common|manager|types/.exec(name)?.[0];
  expect(violations(`packages/cli/src/${name}`, "\n")).toEqual([
    `packages/cli/src/${name}:1: "${word}" says nothing of what is in it`,
  ]);
});

it("a file that is too long", () => {
  expect(violations("packages/cli/src/long.ts", "//\n".repeat(350))).toEqual([]);
  expect(violations("packages/cli/src/long.ts", "//\n".repeat(351))).toEqual([
    "packages/cli/src/long.ts:351: 351 lines, of at most 350",
  ]);
});

it("a file that is no TypeScript", () => {
  expect(() => violations("packages/cli/src/a.ts", "const = ;\n")).toThrow(/packages\/cli\/src\/a\.ts/);
});
