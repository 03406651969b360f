import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Layout } from "@pyspy/layouts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recorded } from "./recorded.ts";

const packageDirectory = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);
const printed = /prints\n\n```\n(.*?)```/s.exec(readme)?.[1];
const tsc = findUp("node_modules/.bin/tsc");
let work = "";

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "layouts-readme-"));
  mkdirSync(join(work, "node_modules", "@pyspy"), { recursive: true });
  symlinkSync(packageDirectory, join(work, "node_modules", "@pyspy", "layouts"));
  writeFileSync(join(work, "package.json"), '{ "type": "module" }');
  for (const [index, code] of examples.entries()) writeFileSync(join(work, `example-${index}.ts`), code);
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

function run(index: number): string {
  const file = join(work, `example-${index}.ts`);
  return execFileSync(process.execPath, ["--conditions=@pyspy/source", "--experimental-strip-types", "--no-warnings", file], { encoding: "utf8", timeout: 30_000 });
}

it("has the examples", () => expect(examples).toHaveLength(2));

it("the first prints what the README says", () => expect(run(0)).toBe(printed));

it("the second reads what interpreters tell", async () => {
  const { layoutOf } = (await import(/* @vite-ignore */ join(work, "example-1.ts"))) as { layoutOf: (read: () => Uint8Array) => Layout | undefined };
  expect(layoutOf(() => recorded("3.13.0"))?.threadState.size).toBe(304);
  expect(layoutOf(() => new Uint8Array(4096))).toBeUndefined();
});

it.skipIf(tsc === undefined)("they typecheck [needs tsc]", () => {
  const config = {
    extends: join(dirname(dirname(dirname(tsc ?? ""))), "tsconfig.base.json"),
    compilerOptions: { noEmit: true, typeRoots: [join(dirname(dirname(tsc ?? "")), "@types")] },
    files: examples.map((_, index) => `example-${index}.ts`),
  };
  writeFileSync(join(work, "tsconfig.json"), JSON.stringify(config));
  expect(execFileSync(tsc ?? "", ["-p", work], { encoding: "utf8", timeout: 60_000 })).toBe("");
});

function findUp(path: string): string | undefined {
  let directory = packageDirectory;
  while (directory !== dirname(directory)) {
    if (existsSync(join(directory, "tsconfig.base.json")) && existsSync(join(directory, path))) return join(directory, path);
    directory = dirname(directory);
  }
  return undefined;
}
