import { SamplingClock, type Tick } from "@pyspy/sampler";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** A clock that goes on only while it is slept on, or told to. */
class FakeTime {
  /** Milliseconds; not 0 at the start, as `performance.now()` is not. */
  now = 5000;
  readonly slept: number[] = [];

  readonly sleep = (milliseconds: number): boolean => {
    this.slept.push(milliseconds);
    this.now += milliseconds;
    return true;
  };
}

const JITTER = 0.25;

describe("SamplingClock", () => {
  it("ticks at its rate, on average, and never out of its bounds", () => {
    const time = new FakeTime();
    const clock = new SamplingClock(100, () => time.now);
    const times = Array.from({ length: 10_000 }, () => (clock.next(time.sleep) as Tick).time);
    const last = times.at(-1) as number;
    expect(last).toBeGreaterThan(99);
    expect(last).toBeLessThan(101);
    for (const [index, at] of times.entries()) {
      const interval = at - (times[index - 1] ?? 0);
      expect(interval).toBeGreaterThan(0.01 * (1 - JITTER) - 1e-9);
      expect(interval).toBeLessThan(0.01 * (1 + JITTER) + 1e-9);
    }
    expect(new Set(times.map((at, index) => Math.round((at - (times[index - 1] ?? 0)) * 1e6))).size).toBeGreaterThan(1000);
    expect(clock.late).toBe(0);
  });

  it("keeps to when ticks were due: work between them does not add up", () => {
    const time = new FakeTime();
    const clock = new SamplingClock(100, () => time.now, () => 0.5);
    const times = Array.from({ length: 5 }, () => {
      const tick = clock.next(time.sleep) as Tick;
      time.now += 4;
      return tick;
    });
    expect(times.map(({ time: at }) => at)).toEqual([0.01, 0.02, 0.03, 0.04, 0.05].map((at) => expect.closeTo(at, 9) as number));
    expect(times.map(({ weight }) => weight)).toEqual([1, 1, 1, 1, 1]);
  });

  it("counts ticks that were missed, and takes one sample for all of them", () => {
    const time = new FakeTime();
    const clock = new SamplingClock(100, () => time.now, () => 0.5);
    expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(0.01, 9) as number, weight: 1 });
    time.now += 47;
    expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(0.057, 9) as number, weight: 4 });
    expect(clock.late).toBe(3);
    // On time again: those missed are not made up for.
    expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(0.06, 9) as number, weight: 1 });
    expect(clock.late).toBe(3);
    expect(clock.elapsed).toBeCloseTo(0.06, 9);
  });

  it("whatever the delays: weights stand for the time that passed", () => {
    const delay = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 50, noNaN: true }), fc.double({ min: 0, max: 5000, noNaN: true }));
    fc.assert(
      fc.property(fc.array(delay, { minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 5000 }), (delays, rate) => {
        const time = new FakeTime();
        const clock = new SamplingClock(rate, () => time.now);
        let weights = 0;
        let before = 0;
        for (const wait of delays) {
          const tick = clock.next(time.sleep) as Tick;
          expect(tick.time).toBeGreaterThanOrEqual(before);
          expect(tick.weight).toBeGreaterThanOrEqual(1);
          weights += tick.weight;
          before = tick.time;
          time.now += wait;
        }
        expect(clock.late).toBe(weights - delays.length);
        expect(Math.abs(weights / rate - before)).toBeLessThanOrEqual(((delays.length * JITTER + 1.001) * 1) / rate);
      }),
      { numRuns: 200 },
    );
  });

  it("sleeps on when woken early, and ends when told to", () => {
    const time = new FakeTime();
    const clock = new SamplingClock(100, () => time.now, () => 0.5);
    let wakes = 0;
    const tick = clock.next((milliseconds) => {
      wakes++;
      time.now += milliseconds / 2 + 0.001;
      return true;
    });
    expect(tick?.time).toBeGreaterThanOrEqual(0.01);
    expect(wakes).toBeGreaterThan(3);
    expect(clock.next(() => false)).toBeUndefined();
  });

  it("ends when its duration is over, and counts what was missed until then only", () => {
    const time = new FakeTime();
    const clock = new SamplingClock(100, () => time.now, () => 0.5, 0.055);
    for (let tick = 1; tick <= 5; tick++) expect(clock.next(time.sleep)).toMatchObject({ weight: 1 });
    expect(clock.isOver).toBe(false);
    expect(clock.next(time.sleep)).toBeUndefined();
    expect(clock.isOver).toBe(true);
    expect(clock.elapsed).toBeCloseTo(0.055, 9);
    expect(clock.late).toBe(0);

    const late = new SamplingClock(100, () => time.now, () => 0.5, 0.055);
    expect(late.next(time.sleep)).toMatchObject({ weight: 1 });
    time.now += 1000;
    expect(late.next(time.sleep)).toBeUndefined();
    expect(late.late).toBe(4);
  });

  it("does not wait for a tick that is due after the end", () => {
    const time = new FakeTime();
    const clock = new SamplingClock(0.1, () => time.now, () => 0.5, 2);
    expect(clock.next(time.sleep)).toBeUndefined();
    expect(clock.elapsed).toBeCloseTo(2, 9);
    expect(clock.late).toBe(0);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1_000_001])("refuses %d samples a second", (rate) => {
    expect(() => new SamplingClock(rate)).toThrow(RangeError);
  });
});
