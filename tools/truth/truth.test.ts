import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { anyPython } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { boundsFor } from "./agreement.ts";
import { type Comparison, judge } from "./comparison.ts";
import { doubles, withoutJitter } from "./doubles.ts";
import { parseOptions } from "./options.ts";
import { truthPrograms, type TruthProgram } from "./program.ts";
import { normalQuantile, studentQuantile } from "./quantile.ts";
import { periodicTimeline, randomNumbers, simulatedProfile, simulatedTimeline } from "./simulation.ts";
import { compareMoving, compareProfile, hasPassed, runSuite } from "./suite.ts";
import { type Timeline, sharesIn } from "./timeline.ts";

const SECONDS = 6;
const split = programCalled("split");
const lockstep = programCalled("lockstep 10 ms");
const moving = programCalled("moving");
const many = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`part ${index}`, 5 + index]));
const weights = { one: 5, two: 3, three: 2 };

function programCalled(name: string): TruthProgram {
  return truthPrograms.find((program) => program.name === name) as TruthProgram;
}

/** Shares that are further off than chance explains. */
function off(comparisons: readonly Comparison[], inAll = 2000): readonly string[] {
  return comparisons.filter((comparison) => judge(comparison, boundsFor(inAll)).outcome === "off").map(({ what }) => what);
}

describe("the suite on simulated recordings", () => {
  it.each([100, 1000, 20_000])("finds no fault with a sampler that has none, at %i Hz", (rate) => {
    for (let seed = 0; seed < 10; seed++) {
      const random = randomNumbers(seed);
      const timeline = simulatedTimeline(weights, SECONDS, random);
      expect(off(compareProfile(split, simulatedProfile(timeline, rate, SECONDS, random), [timeline]))).toEqual([]);
    }
  });

  it("finds none with one that meets a program in step, as long as its intervals vary", () => {
    for (let seed = 0; seed < 10; seed++) {
      const timeline = periodicTimeline(0.01, SECONDS);
      expect(off(compareProfile(lockstep, simulatedProfile(timeline, 100, SECONDS, randomNumbers(seed)), [timeline]))).toEqual([]);
    }
  });

  it("finds fault with one whose intervals do not vary, or hardly", () => {
    const timeline = periodicTimeline(0.01, SECONDS);
    const all = simulatedProfile(timeline, 20_000, SECONDS, randomNumbers(1));
    expect(off(compareProfile(lockstep, withoutJitter(all, 0.01), [timeline]))).toEqual(["early", "late"]);
    const exact = simulatedProfile(timeline, 100, SECONDS, randomNumbers(1), 0);
    expect(off(compareProfile(lockstep, exact, [timeline]))).toEqual(["early", "late"]);
  });

  it.each(Object.keys(doubles) as (keyof typeof doubles)[])("finds fault with the broken sampler: %s", (name) => {
    for (const rate of name === "fleeting-lost" ? [1000] : [100, 1000]) {
      const random = randomNumbers(7);
      const timeline = simulatedTimeline(name === "fleeting-lost" ? weights : many, SECONDS, random);
      const broken = doubles[name](simulatedProfile(timeline, rate, SECONDS, random));
      // A millisecond late is no bias, and within what a busy machine does
      if (name !== "stale" || rate === 100) expect(off(compareProfile(split, broken, [timeline])), `${name} at ${rate} Hz`).not.toEqual([]);
    }
  });

  it("compares a moving stack with the stopped one", () => {
    const random = randomNumbers(3);
    const stopped = [simulatedTimeline(weights, SECONDS, random), simulatedTimeline(weights, SECONDS, random)];
    const profiles = stopped.map((timeline) => simulatedProfile(timeline, 1000, SECONDS, random));
    const seen = simulatedProfile(simulatedTimeline(weights, SECONDS, random), 20_000, SECONDS, random);
    expect(off(compareMoving(moving, seen, profiles))).toEqual([]);
    expect(off(compareMoving(moving, doubles["fleeting-lost"](seen), profiles))).not.toEqual([]);
  });
});

describe("quantiles", () => {
  it.each([[0.025, 1.959964], [0.0005, 3.290527], [5e-7, 4.891638]])("of the normal distribution: %d", (tail, value) => {
    expect(normalQuantile(tail)).toBeCloseTo(value, 5);
  });

  it.each([[0.025, 4, 2.776445], [0.0005, 29, 3.659405], [0.025, 1, 12.706205]])("of Student's t: %d, %d", (tail, degrees, value) => {
    expect(studentQuantile(tail, degrees)).toBeCloseTo(value, 4);
  });
});

describe("timelines", () => {
  const timeline: Timeline = {
    nativeId: 1,
    name: "",
    labels: ["a", "b"],
    starts: Float64Array.of(0, 1, 3),
    ends: Float64Array.of(1, 3, 4),
    kinds: [0, 1, 0],
  };

  it("tells the shares of a label in spans, cut at both ends", () => {
    expect([...sharesIn(timeline, "a", 0, 4, 4)]).toEqual([1, 0, 0, 1]);
    expect([...sharesIn(timeline, "b", 0, 4, 2)]).toEqual([0.5, 0.5]);
    expect([...sharesIn(timeline, "a", 0.5, 3.5, 1)]).toEqual([1 / 3]);
    expect([...sharesIn(timeline, "c", 0, 4, 1)]).toEqual([0]);
  });
});

describe("options", () => {
  it("refuses what there is not", () => {
    expect(() => parseOptions(["--check", "nothing"])).toThrow('--check: there is no "nothing"');
    expect(() => parseOptions(["--modes", "fast"])).toThrow("--modes: fast is none of default, blocking");
    expect(() => parseOptions(["--rates", "x"])).toThrow("--rates: x is no number");
  });
});

const needsLinux = existsSync("/proc/self/stat") ? "" : " [needs /proc]";

describe.skipIf(needsLinux)(`on real programs${needsLinux}`, () => {
  it("a recording passes", async () => {
    // Seconds on a machine that does other things as well: bounds widen by themselves, and only what is off fails here
    const programs = ["split", "callers", "lines", "recursion"].map(programCalled);
    const settings = [{ mode: "default", rate: 500, seconds: 1.5 }] as const;
    const results = await runSuite({ pythons: [anyPython()], programs, settings }, () => {});
    expect(results.map(({ check, failure, verdicts }) => ({ check, failure, off: verdicts.filter(({ outcome }) => outcome === "off") }))).toEqual(
      programs.map(({ name }) => ({ check: name, failure: undefined, off: [] })),
    );
  });

  it("a broken one fails, by exit status as well", async () => {
    const settings = [{ mode: "default", rate: 500, seconds: 1.5 }] as const;
    const [result] = await runSuite({ pythons: [anyPython()], programs: [split], settings }, () => {}, doubles["top-dropped"]);
    expect(result && hasPassed(result)).toBe(false);
    expect(result?.verdicts.some(({ outcome }) => outcome === "off")).toBe(true);
    const main = fileURLToPath(new URL("./main.ts", import.meta.url));
    const args = ["--check", "callers", "--rates", "500", "--modes", "default", "--scale", "0.3", "--broken", "stuck", "--python", anyPython().label];
    const { status, stdout } = spawnSync(process.execPath, ["--conditions=@pyspy/source", main, ...args], { encoding: "utf8", timeout: 60_000 });
    expect(stdout).toContain("FAILED");
    expect(status).toBe(1);
  });
});
