import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { programs, pythons, startTarget, whyNot, type Program, type Python, type Ready } from "../src/index.ts";
import { printed, printedStacks } from "./faulthandler.ts";

/** faulthandler prints at most as many frames. */
const PRINTED_FRAMES = 100;

const threadsOf: Record<Program, (version: Python["version"]) => number> = {
  "still.py": () => 1,
  "busy.py": () => 1,
  "churn.py": () => 1,
  "multiline.py": () => 20,
  "threads.py": () => 6,
  "deep.py": () => 2,
  "locals.py": () => 1,
  "calls.py": ({ major }) => (major === 2 ? 29 : 30),
  "exceptions.py": () => 24,
  "warm.py": () => 18,
  "thread_names.py": () => 14,
  "parallel.py": () => 9,
  "asyncio_tasks.py": () => 16,
  "syntax.py": ({ minor }) => 6 + (minor >= 10 ? 5 : 0) + (minor >= 11 ? 2 : 0) + (minor >= 12 ? 6 : 0) + (minor >= 14 ? 3 : 0),
  "subinterpreters.py": () => 7,
  "generators.py": () => 24,
  "unicode_names.py": () => 11,
  "subinterpreter.py": () => 3,
  "values.py": () => 1,
};

/**
 * faulthandler is not asked of warm.py from 3.13 on: it stops at the frame below a specialised `__init__` (seen in 3.13.18
 * to 3.15.2). Nor of parallel.py, whose threads run on while it prints them.
 */
describe.each(pythons().map((python) => [python.label, python] as const))("programs under %s", (_, python) => {
  for (const program of programs) {
    const reason = whyNot(python, program);
    it.skipIf(reason !== "")(`${program} says what it does${reason && ` [${reason}]`}`, async () => {
      await using target = await startTarget(python, program);
      const { ready } = target;
      expect(ready.pid).toBe(target.pid);
      expect(ready.program).toBe(program);
      const { major, minor, micro, releaseLevel } = python.version;
      expect(ready.version.slice(0, 4)).toEqual([major, minor, micro, releaseLevel]);
      expect(ready.threads.length).toBe(threadsOf[program](python.version));
      if (major >= 3 && !(program === "warm.py" && minor >= 13) && program !== "parallel.py") await expectTheInterpreterToAgree(target, ready);
      if (major >= 3) expectNativeIds(ready);
    });
  }
});

async function expectTheInterpreterToAgree(target: Awaited<ReturnType<typeof startTarget>>, ready: Ready): Promise<void> {
  const ours = ready.threads.filter((thread) => thread.interpreter === 0 && thread.frames.length > 0);
  if (ours.length === 0) return;
  const stacks = await printedStacks(target, ours.length);
  for (const thread of ours) {
    const said = thread.frames.slice(0, PRINTED_FRAMES);
    expect(stacks.get(thread.ident), thread.name).toEqual(
      said.map(({ line, file, name }) => `${line} ${printed(file)} ${printed(name)}`),
    );
  }
}

function expectNativeIds(ready: Ready): void {
  const ids = ready.threads.filter((thread) => thread.interpreter === 0).map((thread) => thread.nativeId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain(ready.pid);
  for (const id of ids) expect(readFileSync(`/proc/${ready.pid}/task/${id}/comm`, "utf8")).not.toBe("");
}

it("finds a Python", () => {
  expect(pythons().length).toBeGreaterThan(0);
  for (const python of pythons()) expect(python.label).toMatch(/^[23]\.\d+\.\d+t?d? [a-z]+$/);
});

it("stops a target, twice, and leaves nothing behind", async () => {
  const python = pythons().at(-1) as Python;
  const target = await startTarget(python, "still.py", [3]);
  expect(target.ready.threads[0]?.frames.slice(0, 4).map((frame) => frame.name)).toEqual(["sit_still", "ping", "pong", "ping"]);
  await target.stop();
  await target.stop();
  await expect.poll(() => stateOf(target.pid)).toMatch(/^(gone|Z)$/);
});

function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.slice(0, 1) ?? "";
  } catch {
    return "gone";
  }
}

it("says why a target did not get ready", async () => {
  const python = pythons().at(-1) as Python;
  await expect(startTarget(python, "still.py", ["abc"])).rejects.toThrow(/still\.py did not get ready[\s\S]*ValueError.*abc/);
});
