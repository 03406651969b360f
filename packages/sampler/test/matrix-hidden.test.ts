import { hide, type HiddenPython, type Program, pythons, whyNotHidden } from "@pyspy/test-fixtures";
import { afterAll, describe, expect } from "vitest";
import { runRow } from "./matrix.ts";

/** Finding is what differs: these are all kinds of frames. All programs with PYSPY_FULL_MATRIX=1. */
const few: readonly Program[] = ["still.py", "threads.py", "generators.py", "warm.py", "subinterpreters.py"];

/** Copies of each Python, static or with its libpython, without anything that names it: found by scanning. */
describe.each(pythons().map((python) => [python.label, python] as const))("stacks of a stripped %s", (_, python) => {
  let hidden: HiddenPython | undefined;
  afterAll(() => hidden?.[Symbol.dispose]());

  runRow({
    matrix: "hidden",
    python,
    reason: whyNotHidden(),
    ...(process.env["PYSPY_FULL_MATRIX"] !== "1" && { only: few }),
    start: () => {
      hidden ??= hide(python);
      return { python: hidden.python, options: { env: hidden.env } };
    },
    check: ({ strategy }) => expect(strategy).toMatch(/cookie|scan/),
  });
});
