/**
 * `npm test`: makes a fresh clone ready, checks everything, and closes with "N passed, N failed, N skipped", which counts
 * each test and each step. `npm test -- packages/binary` builds and runs only the tests in paths like that.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { root, tool } from "./environment.mjs";
import { runOpenly, runQuietly } from "./run.mjs";
import { build, install } from "./set-up.mjs";

const filters = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: [] };

if ((await step("install", install)) && (await step("build", build))) {
  if (filters.length === 0) await checks();
  await tests();
}
close();

async function checks() {
  await step("types", () => runQuietly(tool("tsc"), ["-p", "tsconfig.json"]));
  await step("lint", () => runQuietly(tool("oxlint"), ["--deny-warnings"]));
  await step("graph", () => runQuietly(tool("node"), ["tools/check-graph/main.ts"]));
  await step("unused", () => runQuietly(tool("knip"), []));
  await step("packages", () => runQuietly(tool("node"), ["--conditions=@pyspy/source", "tools/pack/main.ts"]));
  await changesets();
}

/** They are judged by what differs from main. */
async function changesets() {
  const main = await runQuietly("git", ["rev-parse", "--verify", "--quiet", "main"]);
  if (main.status === 0) await step("changesets", () => runQuietly(tool("changeset"), ["status"]));
  else counts.skipped.push("changesets [needs a git clone with the branch main]");
}

/** Runs a step, shows what it wrote if it fails, and counts it. */
async function step(name, work) {
  const start = Date.now();
  const { status, output } = await work();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (status !== 0) console.log(output.trimEnd());
  counts[status === 0 ? "passed" : "failed"] += 1;
  return status === 0;
}

async function tests() {
  const file = join(root, ".cache", `test-counts-${process.pid}.json`);
  mkdirSync(join(root, ".cache"), { recursive: true });
  const reporters = ["--reporter=default", "--reporter=./tools/workspace/closing-line.ts"];
  const status = await runOpenly(tool("vitest"), ["run", ...reporters, ...filters], { env: { PYSPY_TEST_COUNTS: file } });
  const found = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { passed: 0, failed: 0, skipped: [] };
  rmSync(file, { force: true });
  counts.passed += found.passed;
  counts.failed += found.failed;
  counts.skipped.push(...found.skipped);
  if (status !== 0 && found.failed === 0) counts.failed += 1;
}

function close() {
  if (counts.skipped.length > 0) console.log(`\nSkipped:\n${counts.skipped.map((title) => `  ${title}`).join("\n")}`);
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}
