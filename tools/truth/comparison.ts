import { type Bounds, cutIntoSpans, differenceTo, samplingBound, type Share, shareOf, type Spans, SPANS } from "./agreement.ts";
import type { Observation } from "./observation.ts";
import { BETWEEN, type TruthProgram } from "./program.ts";
import { normalQuantile } from "./quantile.ts";
import { align, isAt } from "./alignment.ts";
import { phasesIn, sharesIn, type Timeline } from "./timeline.ts";

/** What was seen beside what was done; whether they agree is told by {@link judge}, when all comparisons are known. */
export interface Comparison {
  /** A label, with the thread where there are several; "time" for the time that all samples stand for. */
  readonly what: string;
  readonly expected: number;
  readonly seen: number;
  readonly difference: Share;
  readonly effective: number;
  /** Differences that are no error of the sampler's: between clocks, at the edges of phases. */
  readonly allowance: number;
  /** One standard error where it is known rather than estimated. */
  readonly knownError?: number;
}

export interface Verdict extends Comparison {
  readonly bound: number;
  /** `vague`: the bound is so wide that anything would pass; a machine that is too busy, or too short a recording. */
  readonly outcome: "ok" | "off" | "vague";
}

/** A bound above this would let anything pass. */
const VAGUE = 0.2;
/** To which the clocks of a recording and a program are brought together. */
const START_SECONDS = 0.002;
/** Samples that may be taken this much later than they say, when the machine did something else in between. */
const LATE_SHARE = 0.01;
/** Between reading the clock and being in a phase. */
const EDGE_SECONDS = 1e-6;
/** Standard deviation of the time between two samples, in intervals, at most: pyspy's vary by a quarter. */
const JITTER = 0.15;
/** Of the shares of a moving stack: two readings of one program at two times differ by more than chance. */
const MOVING = 0.03;

export function judge(comparison: Comparison, bounds: Bounds): Verdict {
  const { expected, seen, difference, effective, allowance, knownError } = comparison;
  const chance =
    knownError === undefined ? samplingBound(bounds, difference, expected, effective) : normalQuantile(bounds.tail) * knownError;
  const bound = chance + allowance;
  const isOff = Math.abs(seen - expected) > bound;
  return { ...comparison, bound, outcome: isOff ? "off" : bound > VAGUE ? "vague" : "ok" };
}

/** One thread's recording beside what the thread logged. */
export function compareWithTimeline(program: TruthProgram, timeline: Timeline, recorded: Observation, prefix: string): readonly Comparison[] {
  // One in step with the clock looks the same in every period
  const observation = program.onlyAt === undefined ? align(recorded, timeline) : recorded;
  const { start, end } = observation;
  const allowance = (START_SECONDS + phasesIn(timeline, start, end) * EDGE_SECONDS) / (end - start);
  const compare = (what: string, known: Float64Array, isMeant: (index: number) => boolean): Comparison => {
    const spans = cut(observation, isMeant);
    const difference = differenceTo(known, spans);
    const expected = weighted(known, spans);
    return { what: prefix + what, expected, seen: expected + difference.share, difference, effective: spans.effective, allowance };
  };
  const shares = timeline.labels.map((label) => sharesIn(timeline, label, start, end, SPANS));
  const labels = timeline.labels.map((label, index) => compare(label, shares[index] as Float64Array, (sample) => observation.labels[sample] === label));
  const rest = Float64Array.from({ length: SPANS }, (_, span) => shares.reduce((left, share) => left - (share[span] as number), 1));
  const others = compare("others", rest, (sample) => !timeline.labels.includes(observation.labels[sample] as string));
  const idleLabel = timeline.labels.indexOf(program.idleLabel ?? BETWEEN);
  const idle = idleLabel < 0 ? [] : [compare("idle", shares[idleLabel] as Float64Array, (sample) => observation.idle[sample] === true)];
  const moment = program.onlyAt === undefined ? [momentOf(observation, timeline, prefix)] : [];
  return [...labels, others, ...idle, ...moment, timeOf(observation, prefix)];
}

/** Each sample shows what the program did at that very moment. */
function momentOf(observation: Observation, timeline: Timeline, prefix: string): Comparison {
  const isPhase = (index: number): boolean => timeline.labels.includes(observation.labels[index] as string);
  const spans = cut(observation, (index) => !isPhase(index) || isAt(observation, timeline, index, 0, START_SECONDS));
  const { share, ...error } = shareOf(spans);
  const difference = { ...error, share: share - 1 };
  return { what: `${prefix}moment`, expected: 1, seen: share, difference, effective: spans.effective, allowance: LATE_SHARE };
}

/** A recording of a moving stack beside recordings of the same with the program stopped. */
export function compareWithStopped(observation: Observation, stopped: readonly Observation[]): readonly Comparison[] {
  const labels = new Set([...stopped, observation].flatMap((each) => each.labels).filter((label) => label !== BETWEEN));
  const shares = [...labels].map((label) => {
    const spansOf = (each: Observation): Spans => cut(each, (index) => each.labels[index] === label);
    const truths = stopped.map((each) => shareOf(spansOf(each)));
    const spans = spansOf(observation);
    const seen = shareOf(spans);
    const expected = truths.reduce((sum, truth) => sum + truth.share, 0) / truths.length;
    const squares = truths.reduce((sum, truth) => sum + (truth.error / truths.length) ** 2, seen.error ** 2);
    const difference = { share: seen.share - expected, error: Math.sqrt(squares), degrees: SPANS - 1 };
    return { what: label, expected, seen: seen.share, difference, effective: spans.effective, allowance: MOVING };
  });
  return [...shares, timeOf(observation, "")];
}

/** The samples stand for all of the recording, whatever was late; those lost are missing. The last may lie after its end. */
function timeOf({ weights, start, end, interval }: Observation, prefix: string): Comparison {
  const length = end - start;
  let sum = 0;
  let longest = interval;
  for (const weight of weights) {
    sum += weight;
    longest = Math.max(longest, weight);
  }
  return {
    what: `${prefix}time`,
    expected: 1,
    seen: sum / length,
    difference: { share: sum / length - 1, error: 0, degrees: SPANS - 1 },
    effective: weights.length,
    allowance: (START_SECONDS + 2 * longest) / length + 0.002,
    knownError: JITTER * Math.sqrt(interval / length),
  };
}

function cut({ times, weights, start, end }: Observation, isMeant: (index: number) => boolean): Spans {
  return cutIntoSpans(times, weights, start, end, isMeant);
}

/** The known share of the spans as the samples weigh them. */
function weighted(known: Float64Array, { all }: Spans): number {
  let sum = 0;
  let weight = 0;
  known.forEach((share, span) => {
    sum += share * (all[span] as number);
    weight += all[span] as number;
  });
  return weight === 0 ? 0 : sum / weight;
}
