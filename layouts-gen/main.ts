import { parseArgs } from "node:util";
import { check } from "./check.ts";
import { emit } from "./emit.ts";
import { generatedText, readTables, writeGenerated } from "./generated-files.ts";
import { findIncludeDirectories } from "./headers.ts";
import { probeAll } from "./probe-all.ts";
import type { Probe } from "./read-probe.ts";
import { mergeTables } from "./tables.ts";
import type { VersionTables } from "./tables.ts";
import { type ListedVersion, versions } from "./versions.ts";

const USAGE = `layouts-gen [--check] [--include DIR]... [--cc COMPILER] [--config DIR] [--darwin]

Writes packages/layouts/src/generated from CPython's headers.
  --include DIR   a directory with Python.h and internal/; default: all of pyenv's
                  and of the prefixes that PYSPY_PYTHONS lists (colon-separated)
  --cc COMPILER   gcc by default; a cross compiler gives its target's tables
  --config DIR    where the target's own pyconfig.h is, such as PC in the source, for
                  Windows; default: that of the headers, with the compiler's sizes
  --darwin        take the headers for those of macOS: only its locks have other sizes
  --check         write nothing; fail where headers and tables differ`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      include: { type: "string", multiple: true },
      cc: { type: "string", default: "gcc" },
      config: { type: "string" },
      darwin: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { cc, darwin, config } = values;
  const options = { cc, darwin, ...(config === undefined ? {} : { config }) };
  const probes = probeAll(values.include ?? findIncludeDirectories(), options, console.log);
  if (probes.length === 0) throw new Error("no headers found: give --include or PYSPY_PYTHONS");
  const held = await readTables();
  return values.check ? report(held, probes) : write(held, probes);
}

function write(held: readonly VersionTables[], probes: readonly Probe[]): number {
  const heldOf = ({ major, minor }: ListedVersion) => held.find((tables) => tables.major === major && tables.minor === minor);
  const merged = versions.map((version) => mergeTables(version, heldOf(version), probes));
  for (const name of writeGenerated(emit(merged.filter(({ tables }) => tables.length > 0)))) console.log(`wrote ${name}`);
  return 0;
}

function report(held: readonly VersionTables[], probes: readonly Probe[]): number {
  const { problems, notes } = check(held, probes, generatedText);
  for (const note of notes) console.log(note);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}
