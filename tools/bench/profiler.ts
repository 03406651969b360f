import type { Ready } from "@pyspy/test-fixtures";

/** The process that is profiled. */
export type Profiled = Pick<Ready, "pid" | "legal">;

/** Samples a second that a profiler is asked for; "top": as many as it can. */
export type Rate = number | "top";

/** Asked for where "top" is meant, of those that want a number: the most that they accept. */
export const TOP_RATE = 1_000_000;

/** One profiler as it is measured. */
export interface Profiler {
  /** What tables call it, with its version. */
  readonly name: string;
  readonly rates: readonly Rate[];
  /** Profiles the target for `seconds` after a warm-up. Rejects when the profiler fails or takes too long. */
  measure(ready: Profiled, rate: Rate, seconds: number): Promise<Measurement>;
  /** A short run to count system calls in; undefined where `measure` counts them itself. */
  readonly counted: CountedProgram | undefined;
}

/** How a profiler ran for a while; rates, since not all can be asked for one and the same span of time. */
export interface Measurement {
  /** Attempts: how often it read all stacks, or tried to. */
  readonly samplesPerSecond: number;
  /** CPU seconds, user and system, of the whole profiler per second. */
  readonly cpu: number;
  /** Share of the samples that may be of no one moment; of those that could not be had. */
  readonly torn: number;
  readonly failed: number;
  readonly callsPerSample?: number;
  /** Share of the stacks kept that are stacks that the program can have. */
  readonly legal?: number;
}

export interface CountedProgram {
  /** A command that profiles for that long (whole seconds), at a rate that it can keep up under strace, and ends. */
  command(ready: Profiled, seconds: number): readonly string[];
  /** What the command wants on its standard input. */
  input?(ready: Profiled, seconds: number): string;
  /** How many samples it took, by what it wrote. Throws if it doesn't say. */
  samples(output: string): number;
}

/** A share of all; 0 of nothing. */
export function share(part: number, all: number): number {
  return all === 0 ? 0 : part / all;
}

/** CPU seconds for one sample. */
export function cpuPerSample({ cpu, samplesPerSecond }: Measurement): number {
  return share(cpu, samplesPerSecond);
}
