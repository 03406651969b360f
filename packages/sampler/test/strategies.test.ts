import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openProcess } from "@pyspy/process";
import { attach, readStacks, runtimeStrategies } from "@pyspy/sampler";
import { type Python, pythons, startTarget } from "@pyspy/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { attachErrorOf } from "./attach-error-of.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { unsupported } from "./supported.ts";

/** What the others see where they cannot work. */
const seenInVain: Readonly<Record<string, RegExp>> = {
  "symbol _PyRuntime": /^no such symbol$/,
  "symbol interp_head": /^no such symbol$/,
  "section .PyRuntime": /^no such section$/,
  "debug-offsets cookie in data": /^none in \d+ bytes$/,
};

/** `_PyRuntime` came with 3.7 in the place of `interp_head`, `.PyRuntime` with 3.10, `_Py_DebugOffsets` with 3.13. */
const since: Readonly<Record<string, number>> = { "symbol _PyRuntime": 7, "section .PyRuntime": 10, "debug-offsets cookie in data": 13 };
const until: Readonly<Record<string, number>> = { "symbol interp_head": 6 };

function has({ version }: Python, strategy: string): boolean {
  const minor = version.major === 2 ? 0 : version.minor;
  return minor >= (since[strategy] ?? 0) && minor <= (until[strategy] ?? Infinity);
}

describe.each(pythons().map((python) => [python.label, python] as const))("%s", (_, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "")(`is found by each strategy alone${reason && ` [${reason}]`}`, async () => {
    await using target = await startTarget(python, "still.py");
    using process = openProcess(target.pid);
    const first = attach(process);
    expect(first.strategy).toBe(runtimeStrategies.find((strategy) => has(python, strategy)));
    for (const strategy of runtimeStrategies) {
      if (has(python, strategy)) {
        const found = attach(process, { strategies: [strategy] });
        expect(found.strategy).toBe(strategy);
        expect(found.image).toBe(first.image);
        // The scan may find another pointer to the interpreter; where the runtime describes itself it is the runtime.
        if (strategy !== "scan of data") expect(found.runtime).toBe(first.runtime);
        expect(read(readStacks(found)), strategy).toEqual(saidBy(target.ready));
      } else {
        const error = attachErrorOf(() => attach(process, { strategies: [strategy] }));
        expect(error.code).toBe("interpreter-not-found");
        const { major, minor, micro } = python.version;
        expect(error.message).toMatch(new RegExp(`^process ${target.pid} has Python ${major}\\.${minor}\\.${micro}, but its interpreter state was not found\n`));
        const attempt = error.attempts.find((each) => each.strategy === strategy && each.image === first.image);
        expect(attempt?.saw).toMatch(seenInVain[strategy] ?? /never/);
        const line = error.message.split("\n").find((each) => each.startsWith(`  ${strategy} (${first.image}`));
        expect(line?.replace(/ and \d+ more\): /, "): ")).toBe(`  ${strategy} (${first.image}): ${attempt?.saw}`);
      }
    }
  });
});

describe("a Python that hides", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-stripped-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tools = hasTool("strip") ? "" : "needs strip";
  const candidates = pythons().filter((python) => unsupported(python) === "" && python.root === "" && !python.freeThreaded);

  it.skipIf(tools !== "").each(candidates.map((python) => [python.label, python] as const))(
    `under another name, stripped of symbols and section headers, is found: %s${tools && ` [${tools}]`}`,
    async (label, python) => {
      const copy = stripped(python, join(folder, label.replaceAll(" ", "-")));
      await using target = await startTarget({ ...python, command: copy.command }, "still.py", [], { env: copy.env });
      using process = openProcess(target.pid);
      expect(process.executable()).toBe(copy.command[0]);
      for (const strategies of [runtimeStrategies, ["scan of data"]]) {
        const found = attach(process, { strategies });
        expect(found.version).toMatchObject({ minor: python.version.minor, micro: python.version.micro });
        expect(read(readStacks(found))).toEqual(saidBy(target.ready));
      }
    },
  );
});

interface Copy {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Copies the executable, as "service", and its libpython if it has one; the library keeps the name that links want. */
function stripped(python: Python, folder: string): Copy {
  const prefix = dirname(dirname(python.executable));
  cpSync(python.executable, join(folder, "service"));
  const files = [join(folder, "service")];
  if (!python.isStatic) {
    const library = readdirSync(join(prefix, "lib")).find((name) => /^libpython[23]\.\d+m?\.so\.1\.0$/.test(name)) ?? "";
    cpSync(join(prefix, "lib", library), join(folder, library));
    files.push(join(folder, library));
  }
  for (const file of files) {
    execFileSync("strip", ["--strip-all", file]);
    if (python.isStatic) dropSectionHeaders(file);
  }
  // A library that was linked with a run path is looked for there first: LD_PRELOAD comes before.
  const preload = python.isStatic ? {} : { LD_PRELOAD: files.slice(1).join(":") };
  return { command: files.slice(0, 1), env: { PYTHONHOME: prefix, ...preload } };
}

/** Of an ELF64 file: e_shoff, e_shnum and e_shstrndx become 0, as if it never had any. */
function dropSectionHeaders(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeBigUInt64LE(0n, 0x28);
  bytes.writeUInt16LE(0, 0x3c);
  bytes.writeUInt16LE(0, 0x3e);
  writeFileSync(path, bytes);
}

function hasTool(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
