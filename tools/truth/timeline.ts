/** What a thread of a program did: phases in order of time, none of which overlap. Times in seconds since 1970. */
export interface Timeline {
  readonly nativeId: number;
  readonly name: string;
  readonly labels: readonly string[];
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Indices of labels. */
  readonly kinds: readonly number[];
}

interface Told {
  readonly wallClock: number;
  readonly threads: readonly (Omit<Timeline, "starts" | "ends"> & { readonly starts: readonly number[]; readonly ends: readonly number[] })[];
}

/** Reads what a program told at its end. */
export function parseTimelines(line: string): readonly Timeline[] {
  const { wallClock, threads } = JSON.parse(line) as Told;
  const columnOf = (times: readonly number[]): Float64Array => Float64Array.from(times, (time) => time + wallClock);
  return threads.map(({ nativeId, name, labels, starts, ends, kinds }) => ({
    nativeId,
    name,
    labels,
    kinds,
    starts: columnOf(starts),
    ends: columnOf(ends),
  }));
}

/** Shares of each of `spans` equal spans from `start` to `end` that the label has. */
export function sharesIn(timeline: Timeline, label: string, start: number, end: number, spans: number): Float64Array {
  const kind = timeline.labels.indexOf(label);
  const length = (end - start) / spans;
  const shares = new Float64Array(spans);
  for (let phase = 0; phase < timeline.kinds.length; phase++) {
    if (timeline.kinds[phase] !== kind) continue;
    const from = Math.max(timeline.starts[phase] as number, start);
    const to = Math.min(timeline.ends[phase] as number, end);
    const last = Math.min(Math.floor((to - start) / length), spans - 1);
    if (from >= to) continue;
    for (let span = Math.floor((from - start) / length); span <= last; span++) {
      const inSpan = Math.min(to, start + (span + 1) * length) - Math.max(from, start + span * length);
      shares[span] = (shares[span] as number) + inSpan / length;
    }
  }
  return shares;
}

/** Phases that lie in a span of time, in whole or part. */
export function phasesIn(timeline: Timeline, start: number, end: number): number {
  let count = 0;
  for (let phase = 0; phase < timeline.kinds.length; phase++) {
    if ((timeline.ends[phase] as number) > start && (timeline.starts[phase] as number) < end) count++;
  }
  return count;
}
