import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { formats, readRaw, version } from "@pyspy/formatters";
import { totalWeight } from "./arbitrary.ts";

const example = new URL("example.ts", import.meta.url);

it("README.md shows the example, which runs and writes every format", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain("```ts\n" + readFileSync(example, "utf8") + "```\n");
  const printed = execFileSync(process.execPath, ["--conditions=@pyspy/source", example.pathname], { encoding: "utf8", timeout: 30_000 });
  const written = new Map(printed.trim().split("\n").map((line) => line.split(" ") as [string, string]));
  try {
    expect([...written.keys()]).toEqual(formats.map(({ name }) => name));
    expect(totalWeight(readRaw(readFileSync(written.get("raw")!, "utf8")))).toBe(42);
  } finally {
    rmSync(dirname(written.get("raw")!), { recursive: true });
  }
});

it("README.md names every format with its extension", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  for (const { name, extension } of formats) expect(readme).toContain(`| \`${name}\` | \`${extension}\` |`);
});

it("the version is the package's", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  expect(version).toBe(manifest.version);
});
