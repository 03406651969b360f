import { AttachError, type Attempt } from "./errors.ts";
import { formatVersion } from "./python-version.ts";
import type { RuntimeSearch } from "./runtime-search.ts";
import type { Process } from "@pyspy/process";

/** What a step saw in that many files at least is told once for all of them. */
const MANY = 2;
/** Different things that are told of one step. */
const MOST_PER_STEP = 3;

/** The error for a search that found nothing: what the process is, and by step what was seen. */
export function attachFailure(process: Process, search: RuntimeSearch, mayCome: boolean): AttachError {
  const { pid, platform, architecture } = process;
  const version = search.findVersion();
  const { attempts, versions, isUninitialised } = search;
  const tried = summary(attempts);
  if (!version) return new AttachError("not-python", pid, `no Python interpreter found in process ${pid}${tried}`, attempts, mayCome);
  const name = `Python ${formatVersion(version)}`;
  if (!versions.isSupported(version)) {
    const message = `${name} in process ${pid} is not supported on ${platform}-${architecture}${tried}`;
    return new AttachError("unsupported-version", pid, message, attempts, mayCome);
  }
  const state = isUninitialised ? "is not initialised (yet, or any more)" : "was not found";
  return new AttachError("interpreter-not-found", pid, `process ${pid} has ${name}, but its interpreter state ${state}${tried}`, attempts, mayCome);
}

/** One line for each thing that a step saw, with the files: a few lines, however many files there are. */
function summary(attempts: readonly Attempt[]): string {
  const steps = groups(attempts, ({ strategy }) => strategy);
  return steps.map((seen) => linesOf((seen[0] as Attempt).strategy, seen)).join("");
}

function linesOf(step: string, attempts: readonly Attempt[]): string {
  const byKind = groups(attempts, ({ saw }) => kindOf(saw));
  const lines = byKind.slice(0, MOST_PER_STEP).map((same) => {
    const { image, saw } = same[0] as Attempt;
    const where = same.length < MANY ? image : `${image} and ${same.length - 1} more`;
    return `\n  ${step} (${where}): ${saw}`;
  });
  if (byKind.length > MOST_PER_STEP) lines.push(`\n  ${step}: ${byKind.length - MOST_PER_STEP} other things elsewhere`);
  return lines.join("");
}

/** In the order in which each group is first met. */
function groups(attempts: readonly Attempt[], keyOf: (attempt: Attempt) => string): Attempt[][] {
  const byKey = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const key = keyOf(attempt);
    byKey.set(key, [...(byKey.get(key) ?? []), attempt]);
  }
  return [...byKey.values()];
}

/** Without its numbers, addresses and names. */
function kindOf(saw: string): string {
  return saw.replaceAll(/0x[0-9a-f]+|\d+|"[^"]*"|\/\S+/g, "#");
}
