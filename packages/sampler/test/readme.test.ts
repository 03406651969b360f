import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { anyPython } from "@pyspy/test-fixtures";
import { expect, it } from "vitest";

it("has an example that prints what it says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const output = /```\n(.*?)```/s.exec(readme.slice(readme.indexOf("\nprints\n")))?.[1] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "pyspy-readme-"));
  try {
    // Should the example fail, what it started ends by itself, after so many seconds of CPU time.
    writeFileSync(join(folder, "python3"), `#!/bin/sh\nulimit -t 20\nexec ${anyPython().executable} "$@"\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
    const cwd = fileURLToPath(new URL("..", import.meta.url));
    const argv = ["--conditions=@pyspy/source", "--input-type=module", "--eval", example];
    expect(execFileSync(process.execPath, argv, { cwd, env, encoding: "utf8", timeout: 30_000 })).toBe(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
