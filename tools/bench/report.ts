import type { Disturbance } from "./disturbance.ts";
import type { LeafShares } from "./leaf-shares.ts";
import type { Machine } from "./machine.ts";
import type { BenchProgram, Options } from "./options.ts";
import { cpuPerSample, type Measurement, type Rate } from "./profiler.ts";
import type { Result } from "./scenario.ts";
import type { StartUp } from "./start-up.ts";
import type { WholeRecording } from "./whole-recordings.ts";

/** All that one run of the bench found; what `--json` writes. */
export interface Report {
  readonly machine: Machine;
  readonly options: Options;
  readonly scenarios: ScenarioReport[];
  readonly disturbances: Disturbance[];
  readonly leafShares: LeafShares[];
  readonly wholeRecordings: WholeRecording[];
  readonly startUp: StartUp[];
}

export interface ScenarioReport {
  /** Label of the Python. */
  readonly python: string;
  readonly program: BenchProgram;
  readonly depth: number;
  readonly results: readonly ResultReport[];
}

export interface ResultReport extends Result {
  /** Absent when no round could be measured. */
  readonly summary: Summary | undefined;
}

/** Medians over the rounds. */
export interface Summary {
  readonly samplesPerSecond: number;
  /** Microseconds. */
  readonly cpuPerSample: number;
  readonly cpu: number;
  readonly torn: number;
  readonly failed: number;
  readonly legal?: number;
  readonly callsPerSample?: number;
}

/** The profiler that all others are compared with. */
export const OURS = "pyspy";

/** Undefined when no round could be measured. */
export function summarize({ measurements, callsPerSample }: Result): Summary | undefined {
  if (measurements.length === 0) return undefined;
  const of = (value: (measurement: Measurement) => number): number => median(measurements.map(value));
  const calls = callsPerSample ?? optional(measurements.map((measurement) => measurement.callsPerSample));
  const legal = optional(measurements.map((measurement) => measurement.legal));
  return {
    samplesPerSecond: of((measurement) => measurement.samplesPerSecond),
    cpuPerSample: of(cpuPerSample) * 1e6,
    cpu: of((measurement) => measurement.cpu),
    torn: of((measurement) => measurement.torn),
    failed: of((measurement) => measurement.failed),
    ...(legal !== undefined && { legal }),
    ...(calls !== undefined && { callsPerSample: calls }),
  };
}

/** How many times ours the others' figures are: fewer samples and more CPU for one give numbers above 1. */
export function ratios(scenario: ScenarioReport, rate: Rate, summary: Summary): { readonly samples: number; readonly cpu: number } | undefined {
  const ours = scenario.results.find((result) => result.profiler === OURS && result.rate === rate)?.summary;
  if (!ours) return undefined;
  return { samples: ours.samplesPerSecond / summary.samplesPerSecond, cpu: summary.cpuPerSample / ours.cpuPerSample };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function optional(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}
