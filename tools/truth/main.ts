/** `pnpm truth`: recordings of programs that know what they do, beside what they did. */
import { writeFileSync } from "node:fs";

import { type Python, pythons } from "@pyspy/test-fixtures";

import { doubles } from "./doubles.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { truthPrograms } from "./program.ts";
import { hasPassed, type Plan, type Rate, runSuite } from "./suite.ts";
import { formatResults, summaryLine } from "./table.ts";

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return void process.stdout.write(usage);
  const options = parseOptions(args);
  const distort = options.broken && doubles[options.broken];
  const results = await runSuite(planOf(options), (what) => console.error(what), distort);
  process.stdout.write(formatResults(results, options.all));
  console.log(summaryLine(results));
  if (options.json !== "") writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  if (results.length === 0 || !results.every(hasPassed)) process.exitCode = 1;
}

function planOf({ pythons: beginnings, checks, modes, rates, scale }: Options): Plan {
  return {
    pythons: chosenPythons(beginnings),
    programs: truthPrograms.filter(({ name }) => checks.length === 0 || checks.some((check) => name.startsWith(check))),
    settings: modes.flatMap((mode) => rates.map((rate) => ({ mode, rate, seconds: secondsAt(rate) * scale }))),
  };
}

/** Slow ones take longer to tell as much. */
function secondsAt(rate: Rate): number {
  if (rate === "top") return 1.5;
  return rate < 1000 ? 6 : 2.5;
}

/** One for each beginning, the newest; "3.13" means no free-threaded one. */
function chosenPythons(beginnings: readonly string[]): readonly Python[] {
  const chosen = beginnings.flatMap((beginning) => {
    const found = pythons().findLast((python) => isMeant(python, beginning));
    if (!found) console.error(`no Python ${beginning} here`);
    return found ? [found] : [];
  });
  if (chosen.length === 0) throw new RangeError(`--python: none of ${beginnings.join(", ")} among ${pythons().map(({ label }) => label).join(", ")}`);
  return chosen;
}

function isMeant({ label, version, freeThreaded }: Python, beginning: string): boolean {
  const short = `${version.major}.${version.minor}${freeThreaded ? "t" : ""}`;
  return /^\d+\.\d+t?$/.test(beginning) ? short === beginning : label.startsWith(beginning);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
