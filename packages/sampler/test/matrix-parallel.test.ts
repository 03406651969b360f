import { type LegalFrame, pythons, startTarget } from "@pyspy/test-fixtures";
import { openProcess } from "@pyspy/process";
import { attach, readStacks, type ThreadStack } from "@pyspy/sampler";
import { describe, expect, it } from "vitest";
import { writeResult } from "./matrix-results.ts";
import { unsupported } from "./supported.ts";

const THREADS = 8;
const SAMPLES = 500;

const freeThreaded = pythons().filter(({ freeThreaded: is }) => is);

/** Eight threads that call tiny functions at once, each under a stack of another depth. */
describe.each(freeThreaded.map((python) => [python.label, python] as const))("%s with eight threads in Python code", (_, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "")(`has eight right stacks in every sample${reason && ` [${reason}]`}`, async () => {
    await using target = await startTarget(python, "parallel.py", [THREADS]);
    using process = openProcess(target.pid);
    const attached = attach(process);
    const legal = new Map(target.ready.threads.flatMap(({ ident, legal: stacks }) => (stacks ? [[ident, stacks] as const] : [])));
    expect(legal.size).toBe(THREADS);
    expect(countRight(() => readStacks(attached, { pausing: "always" }), legal)).toEqual({ right: SAMPLES, wrong: [] });
    // Measured: all of 16,000, also beside other load. Where the reader is interrupted in the middle of its copy, one may be wrong.
    const { right, wrong } = countRight(() => readStacks(attached), legal);
    expect(right, wrong.join("\n")).toBeGreaterThanOrEqual(SAMPLES * 0.99);
    writeResult({ matrix: "parallel", python, passed: ["parallel.py"], wanted: ["parallel.py"] });
  });
});

interface Counted {
  /** Samples in which all eight stacks are ones that their threads can have. */
  readonly right: number;
  readonly wrong: string[];
}

function countRight(sample: () => ThreadStack[], legal: ReadonlyMap<number, readonly (readonly LegalFrame[])[]>): Counted {
  const wrong: string[] = [];
  let right = 0;
  for (let taken = 0; taken < SAMPLES; taken++) {
    const stacks = sample().filter(({ threadId }) => legal.has(threadId));
    const bad = stacks.filter((stack) => !stack.exact || !legal.get(stack.threadId)?.some((each) => isStack(each, stack)));
    if (bad.length === 0 && stacks.length === THREADS) right++;
    wrong.push(...bad.map(({ name, exact, frames }) => `${name} ${exact} ${frames.map((frame) => `${frame.name}:${frame.line}`).join(" < ")}`));
  }
  return { right, wrong };
}

function isStack(legal: readonly LegalFrame[], { frames }: ThreadStack): boolean {
  return (
    legal.length === frames.length &&
    legal.every(({ name, file, lines }, index) => {
      const frame = frames[index];
      return frame?.name === name && frame.file === file && lines.includes(frame.line);
    })
  );
}
