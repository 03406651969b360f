import { openProcess } from "@pyspy/process";
import { attach, type Pausing, type Python, type PythonFrame } from "@pyspy/sampler";
import { pythons } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { startInline } from "./inline-target.ts";
import { unsupported } from "./supported.ts";

/**
 * Makes a code object, runs it and frees it, again and again: the next one takes its place in memory, and its frame the
 * same place on the stack. The line that calls it tells which kind it is, and its name tells its first line.
 */
const PROGRAM = `
import types
def leaf():
    for _ in range(150): pass
def renamed(code, name, line):
    if hasattr(code, "replace"):
        return code.replace(co_name=name, co_firstlineno=line)
    fields = "nlocals stacksize flags code consts names varnames filename".split()
    counts = [code.co_argcount] + [code.co_kwonlyargcount for _ in [0] if sys.version_info > (3,)]
    return type(code)(*(counts + [getattr(code, "co_" + field) for field in fields] + [name, line, code.co_lnotab]))
def run(function):
    return function()
def make(kind, n):
    code = renamed(leaf.__code__, "%s_%d" % (kind, n), n)
    return types.FunctionType(code, {"range": range})
def main():
    n = 0
    while True:
        n = n % 400 + 1
        function = make("odd", n)
        run(function)
        function = None
        function = make("even", n + 1000)
        run(function)
        function = None
ready()
main()
`;

const ENOUGH_MADE = 30;
/** Enough for the slowest machine to have run as many. */
const MOST_SAMPLES = 20_000;

interface Seen {
  samples: number;
  made: number;
  /** A name with another function's first line. */
  readonly mixed: string[];
  /** A function that its caller did not call. */
  readonly stale: string[];
  doubtful: number;
}

describe.each(pythons().map((python) => [python.label, python] as const))("code of %s that comes and goes", (_, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "")(`is never taken for what was there before${reason && ` [${reason}]`}`, async () => {
    await using target = await startInline(python, PROGRAM);
    using process = openProcess(target.pid);
    const attached = attach(process);
    const paused = sample(attached, "always");
    expect(paused.made).toBeGreaterThanOrEqual(ENOUGH_MADE);
    expect([...paused.mixed, ...paused.stale]).toEqual([]);
    expect(paused.doubtful).toBe(0);
    const live = sample(attached, "when-needed");
    expect(live.made).toBeGreaterThanOrEqual(ENOUGH_MADE);
    // The stack is copied at one moment, the code object and its name looked at a moment later.
    const wrong = [...live.mixed, ...live.stale];
    expect(wrong.length, wrong.join(", ")).toBeLessThanOrEqual(2 + live.samples * 0.005);
    expect(live.doubtful).toBeLessThanOrEqual(2 + live.samples * 0.03);
  });
});

function sample(python: Python, pausing: Pausing): Seen {
  const seen: Seen = { samples: 0, made: 0, mixed: [], stale: [], doubtful: 0 };
  for (; seen.made < ENOUGH_MADE && seen.samples < MOST_SAMPLES; seen.samples++) {
    const end = performance.now() + Math.random() * 0.3;
    while (performance.now() < end) continue;
    const [slot] = python.sample(pausing);
    if (slot?.outcome !== "exact") {
      seen.doubtful++;
      continue;
    }
    const { stack } = slot;
    const frames: (PythonFrame | undefined)[] = [];
    for (let index = stack.depth - 1; index >= 0; index--) {
      frames.push(python.frames.resolve(stack.codes[index] as number, stack.instructions[index] as number));
    }
    judge(frames, seen);
  }
  return seen;
}

function judge([leaf, run, main]: readonly (PythonFrame | undefined)[], seen: Seen): void {
  const made = /^(odd|even)_(\d+)$/.exec(leaf?.name ?? "");
  if (!leaf || !made || run?.name !== "run" || main?.name !== "main") return;
  seen.made++;
  if (leaf.firstLine !== Number(made[2])) seen.mixed.push(`${leaf.name} at ${leaf.firstLine}`);
  const offset = main.line - main.firstLine;
  if (offset !== (made[1] === "odd" ? 5 : 8)) seen.stale.push(`${leaf.name} called in line ${offset}`);
}
