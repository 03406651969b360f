import { pythons } from "@pyspy/test-fixtures";
import { describe } from "vitest";
import { runRow } from "./matrix.ts";

describe.each(pythons().map((python) => [python.label, python] as const))("stacks of %s", (_, python) => {
  runRow({ matrix: "installed", python, reason: "", start: () => ({ python, options: {} }) });
});

const compiling = pythons().filter(({ jit }) => jit);

describe.each(compiling.map((python) => [python.label, python] as const))("stacks of %s with its JIT", (_, python) => {
  runRow({ matrix: "jit", python, reason: "", start: () => ({ python, options: { env: { PYTHON_JIT: "1" } } }) });
});
