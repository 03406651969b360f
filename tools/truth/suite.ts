import type { Profile } from "@pyspy/profile";
import { type Pausing, record } from "@pyspy/sampler";
import type { Python } from "@pyspy/test-fixtures";

import { boundsFor } from "./agreement.ts";
import { type Comparison, compareWithStopped, compareWithTimeline, judge, type Verdict } from "./comparison.ts";
import { type Observation, observe } from "./observation.ts";
import type { TruthProgram } from "./program.ts";
import { startTruthTarget } from "./target.ts";
import type { Timeline } from "./timeline.ts";

export type Mode = "default" | "blocking";
export type Rate = number | "top";

/** How one recording is made. */
export interface Setting {
  readonly mode: Mode;
  readonly rate: Rate;
  readonly seconds: number;
}

export interface Plan {
  readonly pythons: readonly Python[];
  readonly programs: readonly TruthProgram[];
  readonly settings: readonly Setting[];
}

/** One check of one program: one recording. */
export interface CheckResult {
  readonly python: string;
  readonly check: string;
  readonly setting: Setting;
  readonly samples: number;
  readonly torn: number;
  readonly errors: number;
  readonly verdicts: readonly Verdict[];
  /** Of the program or the recording; there are no verdicts then. */
  readonly failure?: string;
}

type Compared = Omit<CheckResult, "verdicts"> & { readonly comparisons: readonly Comparison[] };

/** Changes a recording: a test double of a sampler that is wrong. */
export type Distort = (profile: Profile) => Profile;

/** Asked for where "top" is meant: the most that the clock takes. */
const TOP_RATE = 1_000_000;
const STOPPED: Setting = { mode: "blocking", rate: 1000, seconds: 2 };

/** Makes all recordings, and then judges all of them with bounds that hold for all at once. */
export async function runSuite(plan: Plan, tell: (what: string) => void, distort: Distort = (profile) => profile): Promise<readonly CheckResult[]> {
  const compared: Compared[] = [];
  for (const python of plan.pythons) {
    for (const program of plan.programs) {
      tell(`${python.label}: ${program.name}`);
      compared.push(...(await compareAll(python, program, settingsFor(program, plan.settings), distort)));
    }
  }
  const bounds = boundsFor(Math.max(compared.flatMap(({ comparisons }) => comparisons).length, 1));
  return compared.map(({ comparisons, ...rest }) => Object.assign(rest, { verdicts: comparisons.map((comparison) => judge(comparison, bounds)) }));
}

/** Whether all that was compared agrees, and anything was. */
export function hasPassed({ verdicts, failure }: CheckResult): boolean {
  return failure === undefined && verdicts.length > 0 && verdicts.every(({ outcome }) => outcome === "ok");
}

function settingsFor({ onlyAt }: TruthProgram, settings: readonly Setting[]): readonly Setting[] {
  return onlyAt === undefined ? settings : settings.filter(({ rate }) => rate === onlyAt);
}

async function compareAll(python: Python, program: TruthProgram, settings: readonly Setting[], distort: Distort): Promise<readonly Compared[]> {
  if (settings.length === 0) return [];
  const row = (setting: Setting, profile?: Profile): Omit<Compared, "comparisons"> => ({
    python: python.label,
    check: program.name,
    setting,
    samples: profile?.sampleCount ?? 0,
    torn: profile?.counts.torn ?? 0,
    errors: profile?.counts.errors ?? 0,
  });
  try {
    const profiles: Profile[] = [];
    await using target = await startTruthTarget(python, program);
    const stopped = program.stoppedIsTruth ? [await recordProfile(target.pid, STOPPED)] : [];
    for (const setting of settings) profiles.push(distort(await recordProfile(target.pid, setting)));
    if (program.stoppedIsTruth) stopped.push(await recordProfile(target.pid, STOPPED));
    const timelines = program.stoppedIsTruth ? [] : await target.finish();
    return settings.map((setting, index) => {
      const profile = profiles[index] as Profile;
      const comparisons = program.stoppedIsTruth ? compareMoving(program, profile, stopped) : compareProfile(program, profile, timelines);
      return { ...row(setting, profile), comparisons };
    });
  } catch (error) {
    return settings.map((setting) => ({ ...row(setting), comparisons: [], failure: (error as Error).message }));
  }
}

async function recordProfile(pid: number, { mode, rate, seconds }: Setting): Promise<Profile> {
  const pausing: Pausing = mode === "blocking" ? "always" : "when-needed";
  const { profile, end } = await record({ pid, rate: rate === "top" ? TOP_RATE : rate, duration: seconds, idle: true, pausing }).result;
  if (end !== "duration") throw new Error(`the recording of ${pid} ended before its time: ${end}`);
  return profile;
}

/** Every thread that logged what it did. */
export function compareProfile(program: TruthProgram, profile: Profile, timelines: readonly Timeline[]): readonly Comparison[] {
  const observations = observe(profile, program.rule);
  return timelines.flatMap((timeline) => {
    const prefix = timelines.length > 1 ? `${timeline.name}: ` : "";
    return compareWithTimeline(program, timeline, ofThread(observations, timeline.nativeId), prefix);
  });
}

export function compareMoving(program: TruthProgram, profile: Profile, stopped: readonly Profile[]): readonly Comparison[] {
  const only = (each: Profile): Observation => observe(each, program.rule)[0] as Observation;
  return compareWithStopped(only(profile), stopped.map(only));
}

function ofThread(observations: readonly Observation[], osThreadId: number): Observation {
  const found = observations.filter((observation) => observation.osThreadId === osThreadId);
  if (found.length !== 1) throw new Error(`${found.length} threads with the id ${osThreadId} in the profile`);
  return found[0] as Observation;
}
