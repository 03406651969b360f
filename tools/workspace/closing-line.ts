import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** What `npm test` needs to know of a run of vitest; see test.mjs. */
export interface Counts {
  passed: number;
  failed: number;
  /** Full titles: they say why. */
  skipped: string[];
}

/** Writes the counts into the file that PYSPY_TEST_COUNTS names. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) count(module, counts);
    const file = process.env["PYSPY_TEST_COUNTS"];
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}

function count(module: TestModule, counts: Counts): void {
  counts.failed += module.errors().length; // a file that can't be loaded has no tests
  for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === "passed") counts.passed += 1;
    else if (state === "skipped") counts.skipped.push(`${module.relativeModuleId} > ${test.fullName}`);
    else counts.failed += 1; // also a test that never came to an end
  }
}
