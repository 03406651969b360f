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

  describe("with a stride", () => {
    const strides = [2, 3, 7, 40];

    it.each(strides)("of %i takes one sample at any moment of each so many ticks", (stride) => {
      const time = new FakeTime();
      const clock = new SamplingClock(1000, () => time.now);
      clock.stride = stride;
      const places = Array.from({ length: 2000 }, (_, index) => {
        expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo((index * stride + 1) / 1000, 9) as number, weight: stride });
        return clock.elapsed * 1000 - index * stride;
      });
      expect(Math.min(...places)).toBeGreaterThanOrEqual(-1e-6);
      expect(Math.min(...places)).toBeLessThan(0.05 * stride);
      expect(Math.max(...places)).toBeLessThanOrEqual(stride + 1e-6);
      expect(Math.max(...places)).toBeGreaterThan(0.95 * stride);
      expect([clock.skipped, clock.late]).toEqual([2000 * (stride - 1), 0]);
    });

    it.each(strides)("of %i is in step with no program", (stride) => {
      // One that does something else for three tenths of so many ticks, of one and of two.
      for (const period of [stride, 1, 2]) {
        const time = new FakeTime();
        const clock = new SamplingClock(1000, () => time.now, randomNumbers(stride));
        clock.stride = stride;
        let [early, all] = [0, 0];
        for (let index = 0; index < 20_000; index++) {
          const { weight } = clock.next(time.sleep) as Tick;
          all += weight;
          if ((clock.elapsed * 1000) % period < 0.3 * period) early += weight;
        }
        // Four standard deviations of as many independent samples.
        expect(Math.abs(early / all - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 20_000));
      }
    });

    it("that changes: weights stand for the time that passed, whatever is late, up to the end", () => {
      const delay = fc.oneof(fc.constant(0), fc.constant(0), fc.double({ min: 0, max: 200, noNaN: true }));
      const step = fc.record({ delay, stride: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 100 })) });
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 50 }), fc.integer({ min: 50, max: 3000 }), fc.double({ min: 0.5, max: 20, noNaN: true }), (steps, rate, duration) => {
          const time = new FakeTime();
          const clock = new SamplingClock(rate, () => time.now, Math.random, duration);
          let [weights, samples] = [0, 0];
          for (;;) {
            const { delay: wait, stride } = steps[samples % steps.length] as { delay: number; stride: number };
            clock.stride = stride;
            const tick = clock.next(time.sleep);
            if (!tick) break;
            samples++;
            weights += tick.weight;
            time.now += wait;
          }
          expect(weights).toBeLessThanOrEqual(samples + clock.late + clock.skipped);
          // But for how intervals vary where every tick is sampled; ticks that were missed at the very end are in no weight.
          expect(Math.abs((samples + clock.late + clock.skipped) / rate - duration) * rate).toBeLessThanOrEqual(JITTER * samples + 2);
        }),
        { numRuns: 200 },
      );
    });

    it("takes a last sample for the time that is left", () => {
      const time = new FakeTime();
      const clock = new SamplingClock(1000, () => time.now, () => 0.5, 1);
      clock.stride = 400;
      for (const [at, first, weight] of [[0.2, 0.001, 400], [0.6, 0.401, 400], [0.9, 0.801, 200]] as const) {
        expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(first, 9) as number, weight });
        expect(clock.elapsed).toBeCloseTo(at, 9);
      }
      expect(clock.next(time.sleep)).toBeUndefined();
      expect(clock.elapsed).toBeCloseTo(1, 9);
      expect([clock.skipped, clock.late]).toEqual([997, 0]);
    });

    it("is late only past what its sample stands for", () => {
      const time = new FakeTime();
      const clock = new SamplingClock(1000, () => time.now, () => 0.5, 1);
      clock.stride = 10;
      expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(0.001, 9) as number, weight: 10 });
      time.now += 14;
      expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(0.011, 9) as number, weight: 10 });
      time.now += 18;
      expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(0.021, 9) as number, weight: 17 });
      expect(clock.next(time.sleep)).toEqual({ time: expect.closeTo(0.038, 9) as number, weight: 10 });
      expect([clock.skipped, clock.late]).toEqual([36, 7]);
      // To the end: this one's ten ticks, and all after.
      time.now += 2000;
      expect(clock.next(time.sleep)).toBeUndefined();
      expect(4 + clock.skipped + clock.late).toBe(1000);
    });

    it("that goes back to every tick, and comes again, keeps samples in order", () => {
      const time = new FakeTime();
      const clock = new SamplingClock(1000, () => time.now, randomNumbers(3));
      let [before, end] = [0, 0];
      for (let index = 0; index < 3000; index++) {
        clock.stride = 1 + (index % 3) * (index % 7);
        const tick = clock.next(time.sleep) as Tick;
        time.now += index % 5 === 0 ? 3.7 : 0.2;
        expect(tick.time).toBeGreaterThanOrEqual(before);
        // What formats that show time take for a thread that was idle.
        if (clock.stride > 1) expect(tick.time - before).toBeLessThan(1.5 * (end - before) + 0.004);
        before = tick.time;
        end = tick.time + tick.weight / 1000;
      }
    });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1_000_001])("refuses %d samples a second", (rate) => {
    expect(() => new SamplingClock(rate)).toThrow(RangeError);
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
