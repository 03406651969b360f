import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const example = new URL("example.ts", import.meta.url);

it("README.md shows the example, which runs", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain("```ts\n" + readFileSync(example, "utf8") + "```\n");
  const printed = execFileSync(process.execPath, ["--conditions=@pyspy/source", example.pathname], { encoding: "utf8", timeout: 30_000 });
  expect(printed).toBe("<module> > work 1\n");
});
