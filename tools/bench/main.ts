/** `pnpm bench`: pyspy and its peers on the same programs, in one run. */
import { existsSync, writeFileSync } from "node:fs";

import { anyPython, type Python, pythons } from "@pyspy/test-fixtures";

import { killAll } from "./bounded-program.ts";
import { describeMachine } from "./machine.ts";
import { findProfilingSampling } from "./measure-profiling-sampling.ts";
import { findPySpy } from "./measure-py-spy.ts";
import { reader } from "./measure-reader.ts";
import { recording } from "./measure-recording.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { withProc } from "./own-proc.ts";
import type { Profiler } from "./profiler.ts";
import { type Report, type ScenarioReport, summarize } from "./report.ts";
import { measureScenario, type Scenario } from "./scenario.ts";
import { hasStrace } from "./system-calls.ts";
import { formatReport } from "./table.ts";

const interrupt = new AbortController();

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return void process.stdout.write(usage);
  const given = parseOptions(args);
  if (!existsSync("/proc/self/stat")) throw new Error("the bench reads CPU times from /proc, which only Linux has");
  const options = { ...given, strace: given.strace && hasStrace() };
  const machine = describeMachine();
  const scenarios: ScenarioReport[] = [];
  try {
    for (const scenario of scenariosOf(options)) scenarios.push(await measure(scenario, options));
  } catch (error) {
    if (!interrupt.signal.aborted) throw error; // else what has been measured is shown
  }
  const report: Report = { machine, options, scenarios };
  process.stdout.write(formatReport(report, options.markdown));
  if (options.json !== "") writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

function scenariosOf(options: Options): readonly Scenario[] {
  return chosenPythons(options.pythons).flatMap((python) => {
    const profilers = profilersFor(python, options);
    return options.programs.flatMap((program) => options.depths.map((depth) => ({ python, program, depth, profilers })));
  });
}

function chosenPythons(beginnings: readonly string[]): readonly Python[] {
  if (beginnings.length === 0) return [withProc(profilingPython() ?? anyPython())];
  return beginnings.map((beginning) => {
    const found = pythons().find(({ label }) => label.startsWith(beginning));
    if (found) return withProc(found);
    throw new RangeError(`--python: no "${beginning}" among ${pythons().map(({ label }) => `"${label}"`).join(", ")}`);
  });
}

/** One that brings `profiling.sampling`. */
function profilingPython(): Python | undefined {
  return pythons().find(({ version, freeThreaded }) => version.major === 3 && version.minor >= 15 && !freeThreaded);
}

function profilersFor(python: Python, { peers, rates }: Options): readonly Profiler[] {
  const found: (Profiler | undefined)[] = [recording(rates)];
  if (rates.includes("top")) found.unshift(reader);
  if (peers.includes("py-spy")) found.push(findPySpy(rates));
  if (peers.includes("profiling.sampling")) found.push(findProfilingSampling(python, rates));
  return found.filter((profiler) => profiler !== undefined);
}

async function measure(scenario: Scenario, options: Options): Promise<ScenarioReport> {
  const { python, program, depth } = scenario;
  const tell = (what: string): void => console.error(`${python.label}, ${program}.py ${depth}: ${what}`);
  const results = await measureScenario(scenario, options, { tell, signal: interrupt.signal });
  return {
    python: python.label,
    program,
    depth,
    results: results.map((result) => Object.assign(result, { summary: summarize(result) })),
  };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    interrupt.abort(new Error("interrupted"));
    process.exitCode = 1;
    killAll();
  });
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
