import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openProcess } from "@pyspy/process";
import { attach, readStacks, runtimeStrategies } from "@pyspy/sampler";
import { type Python, pythons, startTarget } from "@pyspy/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { hasTool, libraryOf } from "./c-program.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { unsupported } from "./supported.ts";

const bolt = ["llvm-bolt", "llvm-bolt-19"].find(hasTool);
/** BOLT takes no stripped file; before 3.10 there is no section. */
const shared = pythons().filter(
  (python) => unsupported(python) === "" && python.root === "" && libraryOf(python) !== "" && !python.isStatic && python.version.major === 3 && python.version.minor >= 10,
);
/** It takes some ten seconds for each: before and after `_Py_DebugOffsets`. */
const chosen = [shared.findLast(({ version }) => version.minor < 13), shared.findLast(({ version }) => version.minor >= 13)].filter((python) => python !== undefined);
const reason = bolt === undefined ? " [needs llvm-bolt]" : "";

const folder = mkdtempSync(join(tmpdir(), "pyspy-bolt-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** BOLT lays out a finished program anew: functions move and get other names, sections are added and renamed. */
describe.skipIf(reason !== "").each(chosen.map((python) => [python.label, python] as const))(`%s rewritten by BOLT${reason}`, (label, python) => {
  it("is found by each strategy", { timeout: 180_000 }, async () => {
    const library = rewritten(python, join(folder, label.replaceAll(" ", "-")));
    await using target = await startTarget(python, "threads.py", [2], { env: { LD_PRELOAD: library } });
    using process = openProcess(target.pid);
    const strategies = runtimeStrategies.filter((strategy) => strategy !== "symbol interp_head" && (python.version.minor >= 13 || !strategy.includes("cookie")));
    for (const strategy of strategies) {
      const found = attach(process, { strategies: [strategy] });
      expect([found.strategy, found.image]).toEqual([strategy, library]);
      expect(read(readStacks(found)), strategy).toEqual(saidBy(target.ready));
    }
  });
});

function rewritten(python: Python, to: string): string {
  const library = libraryOf(python);
  const output = `${to}-${basename(library)}`;
  execFileSync(bolt as string, [library, "-o", output], { stdio: "ignore", timeout: 150_000 });
  return output;
}
