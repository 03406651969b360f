import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("has an example that prints what it says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)![1]!;
  const output = /```\n(.*?)```/s.exec(readme.slice(readme.indexOf("prints")))![1]!;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const argv = ["--conditions=@pyspy/source", "--input-type=module", "--eval", example];
  expect(execFileSync(process.execPath, argv, { cwd, encoding: "utf8", timeout: 30_000 })).toBe(output);
});
