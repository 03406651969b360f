import type { Observation } from "./observation.ts";
import type { Timeline } from "./timeline.ts";

/** A recording says to the millisecond when it was started; its clock starts up to this much later. */
const LATEST_START_MS = 60;
/** Samples that are looked at: enough to tell milliseconds apart. */
const LOOKED_AT = 1000;

/** The observation moved, as a whole, to where most of its samples are what the timeline says of their moment. */
export function align(observation: Observation, timeline: Timeline): Observation {
  const step = Math.max(1, Math.floor(observation.times.length / LOOKED_AT));
  let best = 0;
  let most = -1;
  for (let offset = 0; offset <= LATEST_START_MS; offset++) {
    let agreeing = 0;
    for (let index = 0; index < observation.times.length; index += step) if (isAt(observation, timeline, index, offset / 1000, 0)) agreeing++;
    if (agreeing > most) {
      most = agreeing;
      best = offset / 1000;
    }
  }
  const { times, start, end } = observation;
  return { ...observation, times: times.map((time) => time + best), start: start + best, end: end + best };
}

/** Whether the program did what a sample shows at that moment, or `tolerance` seconds before or after. */
export function isAt({ labels, times }: Observation, timeline: Timeline, index: number, offset: number, tolerance: number): boolean {
  const time = (times[index] as number) + offset;
  const label = labels[index];
  for (let phase = firstEndingAfter(timeline, time - tolerance); phase < timeline.kinds.length; phase++) {
    if ((timeline.starts[phase] as number) > time + tolerance) return false;
    if (timeline.labels[timeline.kinds[phase] as number] === label) return true;
  }
  return false;
}

function firstEndingAfter({ ends }: Timeline, time: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
