import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { libpython, run } from "./real-files.ts";

const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");
const [, example = ""] = /```ts\n([^]*?)```/.exec(readme) ?? [];

const python = libpython("3.13");

it("the README's example runs on this Node", () => {
  expect(runExample(process.execPath)).toMatch(/^(elf|mach-o|pe) (x64|arm64) [0-9a-f(]/);
});

it.skipIf(python === undefined)("the README's example finds CPython's runtime [needs pyenv's 3.13]", () => {
  const output = runExample(python ?? "");
  expect(output).toMatch(/^elf x64 [0-9a-f]{40}$/m);
  expect(output).toMatch(/^object _PyRuntime 0x[0-9a-f]+$/m);
  expect(output).toMatch(/^function Py_GetVersion 0x[0-9a-f]+$/m);
  expect(output).toContain("CPython's runtime starts with");
});

function runExample(path: string): string {
  // In this folder, so that the package's name is found.
  const folder = mkdtempSync(fileURLToPath(new URL("readme-", import.meta.url)));
  try {
    writeFileSync(join(folder, "example.ts"), example);
    return run(process.execPath, ["--conditions=@pyspy/source", join(folder, "example.ts"), path]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
