/** `pnpm bench`: pyspy and its peers on the same programs, in one run. */
import { existsSync, writeFileSync } from "node:fs";

import { anyPython, type Python, pythons } from "@pyspy/test-fixtures";

import { killAll } from "./bounded-program.ts";
import { measureDisturbance } from "./disturbance.ts";
import { measureLeafShares } from "./leaf-shares.ts";
import { describeMachine } from "./machine.ts";
import { findAustin } from "./measure-austin.ts";
import { findProfilingSampling } from "./measure-profiling-sampling.ts";
import { findPySpy } from "./measure-py-spy.ts";
import { reader } from "./measure-reader.ts";
import { recording } from "./measure-recording.ts";
import { measureMemory } from "./memory.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { withProc } from "./own-proc.ts";
import type { Profiler } from "./profiler.ts";
import { type Report, type ScenarioReport, summarize } from "./report.ts";
import { measureScenario, type Progress, type Scenario } from "./scenario.ts";
import { measureStartUp } from "./start-up.ts";
import { hasStrace } from "./system-calls.ts";
import { formatReport } from "./table.ts";
import { measureWholeRecordings } from "./whole-recordings.ts";

/** Samples a second that py-spy and Austin are asked for at most, but for their top. */
const MOST_OF_SLOW = 1000;

const interrupt = new AbortController();

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === "memory") return await measureMemory(args.slice(1), interrupt.signal);
  if (args.includes("--help")) return void process.stdout.write(usage);
  const given = parseOptions(args);
  if (!existsSync("/proc/self/stat")) throw new Error("the bench reads CPU times from /proc, which only Linux has");
  const options = { ...given, strace: given.strace && hasStrace() };
  const machine = describeMachine();
  const report: Report = { machine, options, scenarios: [], disturbances: [], leafShares: [], wholeRecordings: [], startUp: [] };
  try {
    await measureAll(options, report);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error; // else what has been measured is shown
  }
  process.stdout.write(formatReport(report, options.markdown));
  if (options.json !== "") writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

/** Adds to the report as it goes. */
async function measureAll(options: Options, { scenarios, disturbances, leafShares, wholeRecordings, startUp }: Report): Promise<void> {
  const progress: Progress = { tell: (what) => console.error(what), signal: interrupt.signal };
  const found = chosenPythons(options.pythons);
  for (const python of found) {
    if (options.parts.includes("rates")) for (const scenario of scenariosOf(python, options)) scenarios.push(await measure(scenario, options));
    if (options.parts.includes("disturbance")) disturbances.push(...(await measureDisturbance(python, options, progress)));
    if (options.parts.includes("whole")) wholeRecordings.push(...(await measureWholeRecordings(python, options, progress)));
    if (options.parts.includes("shares")) leafShares.push(...(await measureLeafShares(python, options, progress)));
  }
  if (options.parts.includes("start-up")) startUp.push(...(await measureStartUp(found[0] as Python, progress)));
}

function scenariosOf(python: Python, options: Options): readonly Scenario[] {
  const profilers = profilersFor(python, options);
  return options.programs.flatMap((program) => {
    const sizes = program === "threads" ? options.threads : options.depths;
    return sizes.map((depth) => ({ python, program, depth, profilers }));
  });
}

function chosenPythons(beginnings: readonly string[]): readonly Python[] {
  if (beginnings.length === 0) return [withProc(profilingPython() ?? anyPython())];
  return beginnings.map((beginning) => {
    const found = pythons().findLast(({ label }) => label.startsWith(beginning));
    if (found) return withProc(found);
    throw new RangeError(`--python: no "${beginning}" among ${pythons().map(({ label }) => `"${label}"`).join(", ")}`);
  });
}

/** One that brings `profiling.sampling`. */
function profilingPython(): Python | undefined {
  return pythons().find(({ version, freeThreaded }) => version.major === 3 && version.minor >= 15 && !freeThreaded);
}

function profilersFor(python: Python, { peers, rates }: Options): readonly Profiler[] {
  const slow = rates.filter((rate) => rate === "top" || rate <= MOST_OF_SLOW);
  const found: (Profiler | undefined)[] = [recording(rates)];
  if (rates.includes("top")) found.unshift(reader);
  if (peers.includes("py-spy")) found.push(findPySpy(slow));
  if (peers.includes("austin")) found.push(findAustin(slow));
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
