import { SamplingClock } from "@pyspy/sampler";
import { describe, expect, it } from "vitest";
import { OverheadLimit } from "../src/overhead-limit.ts";

/** What a simulated recording costs, in milliseconds. */
interface Costs {
  /** CPU time of a sample: `time` in seconds, `index` from 0. */
  readonly sample: (time: number, index: number) => number;
  /** CPU time without samples, up to then. */
  readonly base?: (time: number) => number;
  /** How long a sample stops the process. */
  readonly pause?: (time: number) => number;
}

/** After a sample: seconds since the start, and totals in milliseconds. */
interface Moment {
  readonly time: number;
  /** Of this sample. */
  readonly cost: number;
  readonly cpuTime: number;
  readonly pausedTime: number;
  readonly weight: number;
  readonly stride: number;
}

const SECONDS = 60;
const START = 5000;

/** The clock and the limit as a recording has them, of a minute in no time. */
function simulate(share: number, rate: number, costs: Costs, seed = 1): { readonly moments: readonly Moment[]; readonly clock: SamplingClock } {
  let now = START;
  let [sampled, pausedTime] = [0, 0];
  const clock = new SamplingClock(rate, () => now, randomNumbers(seed), SECONDS);
  const limit = new OverheadLimit(share, rate);
  const moments: Moment[] = [];
  const sleep = (milliseconds: number): boolean => {
    now += milliseconds;
    return true;
  };
  for (;;) {
    clock.stride = limit.stride;
    const tick = clock.next(sleep);
    if (!tick) return { moments, clock };
    const at = clock.elapsed;
    const cost = costs.sample(at, moments.length);
    now += cost;
    sampled += cost;
    pausedTime += costs.pause?.(at) ?? 0;
    const time = (now - START) / 1000;
    const cpuTime = sampled + (costs.base?.(time) ?? 0);
    limit.update(now - START, moments.length + 1, cpuTime, pausedTime);
    moments.push({ time, cost, cpuTime, pausedTime, weight: tick.weight, stride: limit.stride });
  }
}

/** The most that was spent in any five seconds from `from` on, in milliseconds. */
function mostInFiveSeconds(moments: readonly Moment[], total: (moment: Moment) => number, from = 3): number {
  let most = 0;
  let first = moments.findIndex(({ time }) => time >= from);
  for (const [last, moment] of moments.entries()) {
    if (moment.time < from) continue;
    while ((moments[first] as Moment).time < moment.time - 5) first++;
    // What the first sample itself took is in, what was spent before is not.
    most = Math.max(most, total(moments[last] as Moment) - (first > 0 ? total(moments[first - 1] as Moment) : 0));
  }
  return most;
}

const cpuOf = ({ cpuTime }: Moment): number => cpuTime;
const pauseOf = ({ pausedTime }: Moment): number => pausedTime;

function samplesBetween(moments: readonly Moment[], from: number, to: number): number {
  return moments.filter(({ time }) => time >= from && time < to).length;
}

const noise = randomNumbers(7);
const exponential = (mean: number): number => -mean * Math.log(1 - noise());
const jump = (low: number, high: number) => (time: number): number => (time > 20 && time < 40 ? high : low);
/** What is sent once a second. */
const updates = (time: number): number => 2 * Math.floor(time);

/** Name, share, rate, costs, the most that a sample costs. */
const cases: readonly (readonly [string, number, number, Costs, number])[] = [
  ["always the same", 0.01, 1000, { sample: () => 0.3 }, 0.3],
  ["more at first", 0.01, 1000, { sample: (_, index) => (index === 0 ? 25 : 0.3 + 5 / index), base: updates }, 5.3],
  ["half of it for nothing", 0.01, 1000, { sample: () => 0.3, base: (time) => time * 5 }, 0.3],
  ["noisy", 0.01, 1000, { sample: () => exponential(0.5), base: updates }, 3],
  ["tenfold for a while", 0.01, 1000, { sample: jump(0.3, 3) }, 3],
  ["thirtyfold for a while", 0.05, 1000, { sample: jump(0.2, 6), base: updates }, 6],
  ["fiftyfold for a while, from far below", 0.02, 100, { sample: jump(0.1, 5) }, 5],
  ["one in a hundred much more", 0.02, 1000, { sample: (_, index) => (index % 100 === 50 ? 20 : 0.3) }, 20],
  ["alternating", 0.02, 1000, { sample: (time) => ((time / 0.3) % 2 < 1 ? 1 : 0.1) }, 1],
  ["so much that one a second is all", 0.01, 1000, { sample: () => 9 }, 9],
];

describe("OverheadLimit", () => {
  it.each(cases)("holds in any five seconds, and the weights stand for the time: samples that cost %s", (_, share, rate, costs, most) => {
    for (let seed = 1; seed <= 20; seed++) {
      const { moments, clock } = simulate(share, rate, costs, seed);
      // Two samples may come together.
      expect(mostInFiveSeconds(moments, cpuOf)).toBeLessThan(share * 5000 + 2 * most);
      const weights = moments.reduce((sum, { weight }) => sum + weight, 0);
      expect(weights).toBe(moments.length + clock.skipped + clock.late);
      // Where every tick is sampled, intervals vary by up to a quarter, each from when the last was due.
      const deviation = 0.25 / Math.sqrt(3) * Math.sqrt(moments.length);
      expect(Math.abs(weights - SECONDS * rate)).toBeLessThan(4 * deviation + 2);
    }
  });

  it("is made use of", () => {
    for (const costs of [{ sample: () => 0.3 }, { sample: () => 0.3, base: updates }, { sample: () => exponential(0.3) }]) {
      const { moments } = simulate(0.01, 1000, costs);
      expect((moments.at(-1) as Moment).cpuTime).toBeGreaterThan(0.8 * 0.01 * SECONDS * 1000);
    }
  });

  it("does not swing where costs do not", () => {
    const strides = simulate(0.01, 1000, { sample: () => 0.3 }).moments.filter(({ time }) => time > 5).map(({ stride }) => stride);
    expect(Math.max(...strides) - Math.min(...strides)).toBeLessThanOrEqual(3);
    const alternating = simulate(0.02, 1000, { sample: (time) => ((time / 0.3) % 2 < 1 ? 1 : 0.1) }).moments.filter(({ time }) => time > 5);
    const [least, most] = [Math.min(...alternating.map(({ stride }) => stride)), Math.max(...alternating.map(({ stride }) => stride))];
    expect(most).toBeLessThan(2 * least);
  });

  it.each([0.05, 0.1, 0.3, 0.75, 1.5, 3])("leaves shares right where what a sample costs depends on what it sees: it changes every %d s", (period) => {
    const isDear = (time: number): boolean => (time / period) % 2 < 1;
    let [dear, all, samples] = [0, 0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const { moments } = simulate(0.01, 1000, { sample: (time) => (isDear(time) ? 5 : 0.2) }, seed);
      samples += moments.length;
      for (const { cost, weight } of moments) {
        all += weight;
        if (cost > 1) dear += weight;
      }
    }
    // Weights differ, and so there are fewer samples than it seems.
    expect(Math.abs(dear / all - 0.5)).toBeLessThan(4 * 2 * Math.sqrt(0.25 / samples));
  });

  it("leaves the rate as it is where it is cheap enough", () => {
    const { moments, clock } = simulate(0.05, 100, { sample: () => 0.05 });
    expect(moments.at(-1)?.stride).toBe(1);
    // Before anything is known.
    expect(clock.skipped).toBeLessThan(50);
    expect(moments.find(({ stride }) => stride === 1)?.time).toBeLessThan(3);
  });

  it("gives the rate back when samples get cheap again", () => {
    const { moments } = simulate(0.02, 100, { sample: jump(0.1, 5) });
    expect(samplesBetween(moments, 10, 20)).toBeGreaterThan(980);
    expect(samplesBetween(moments, 25, 40)).toBeLessThan(60);
    expect(samplesBetween(moments, 46, 56)).toBeGreaterThan(950);
  });

  it("takes one sample a second at least, whatever it costs", () => {
    for (const rate of [10, 1000]) {
      const { moments } = simulate(0.01, rate, { sample: () => 30 });
      expect(samplesBetween(moments, 0, SECONDS)).toBeGreaterThan(SECONDS - 8);
      expect(samplesBetween(moments, 0, SECONDS)).toBeLessThan(SECONDS + 8);
    }
    expect(new OverheadLimit(0.0001, 0.5).stride).toBe(1);
  });

  it("holds for how long the process is stopped as well", () => {
    const { moments } = simulate(0.02, 1000, { sample: () => 0.05, pause: jump(0.4, 4) });
    expect(mostInFiveSeconds(moments, pauseOf)).toBeLessThan(0.02 * 5000 + 2 * 4);
    expect((moments.at(-1) as Moment).pausedTime).toBeGreaterThan(0.8 * 0.02 * SECONDS * 1000);
    expect((moments.at(-1) as Moment).cpuTime).toBeLessThan(0.01 * SECONDS * 1000);
  });

  it.each([0, -0.1, 1.1, Number.NaN])("refuses a share of %d", (share) => {
    expect(() => new OverheadLimit(share, 100)).toThrow(RangeError);
  });
});

/** Numbers from 0 up to 1, the same for the same seed: xorshift. */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
