import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile } from "@pyspy/profile";
import { version, writeSpeedscope } from "@pyspy/formatters";
import { profile, totalWeight, view } from "./arbitrary.ts";
import { frames, info, sampleProfile } from "./sample-profile.ts";

interface File {
  name: string;
  exporter: string;
  activeProfileIndex: number;
  shared: { frames: { name: string; file: string; line: number | null; col: null }[] };
  profiles: { name: string; unit: string; startValue: number; endValue: number; samples: number[][]; weights: number[] }[];
}

const text = (of: Profile, options = {}): string => [...writeSpeedscope(of, options)].join("");
const write = (of: Profile, options = {}): File => JSON.parse(text(of, options)) as File;

const schemaFile = createRequire(import.meta.url).resolve("speedscope/dist/release/file-format-schema.json");
const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, "utf8")) as object);

describe("writeSpeedscope", () => {
  it("writes the golden file", async () => {
    await expect(text(sampleProfile()).replace(`pyspy@${version}`, "pyspy@VERSION")).toMatchFileSnapshot("golden/sample.speedscope.json");
  });

  it("follows speedscope's schema, but for null where a line or column is not known, as py-spy writes it", () => {
    fc.assert(
      fc.property(profile, view, (of, options) => {
        const file = JSON.parse(text(of, options), (key, value) => ((key === "line" || key === "col") && value === null ? undefined : value)) as unknown;
        expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("gives each frame exactly the keys that py-spy gives it, once", () => {
    fc.assert(
      fc.property(profile, (of) => {
        const shared = write(of).shared.frames;
        expect(shared.every((frame) => Object.keys(frame).join() === "name,file,line,col")).toBe(true);
        expect(new Set(shared.map((frame) => JSON.stringify(frame))).size).toBe(shared.length);
      }),
    );
  });

  it("says who wrote it and what, and selects the main thread, which is first", () => {
    const file = write(sampleProfile());
    expect([file.exporter, file.name, file.activeProfileIndex]).toEqual([`pyspy@${version}`, info.title, 0]);
    expect(file.profiles.map(({ name }) => name)).toEqual(['Thread 100 "MainThread"', 'Thread 107 "worker-1"', "Thread 101"]);
    expect(write(sampleProfile(), { processes: true }).profiles.map(({ name }) => name)).toEqual([
      'Process 100 Thread 100 "MainThread"',
      'Process 100 Thread 107 "worker-1"',
      "Process 101 Thread 101",
    ]);
  });

  it("names threads without an operating system's id by Python's, and interpreters but the main one", () => {
    const made = new Profile(info);
    for (const interpreter of [0, 1]) {
      made.addSample(made.threadId({ pid: 100, interpreter, osThreadId: 0, threadId: 0x7fab, name: "" }), 0, 0, 1, 0);
    }
    expect(write(made).profiles.map(({ name }) => name)).toEqual(["Thread 0x7FAB", "Thread 0x7FAB interpreter 1"]);
  });

  it("takes one thread under two names for one, by the later", () => {
    const made = new Profile(info);
    for (const [time, name] of ["", "early", "late", ""].entries()) {
      made.addSample(made.threadId({ pid: 100, interpreter: 0, osThreadId: 9, threadId: 7, name }), 0, time / 100, 1, 0);
    }
    expect(write(made).profiles.map(({ name, samples }) => [name, samples.length])).toEqual([['Thread 9 "late"', 4]]);
  });

  it("ends every thread at the recording's end", () => {
    fc.assert(
      fc.property(profile, (of) => {
        for (const { endValue, weights } of write(of).profiles) {
          const sum = weights.reduce((all, weight) => all + weight, 0);
          expect(sum).toBeLessThan(endValue + 1e-6);
          expect(sum).toBeGreaterThan(endValue - info.interval / 2 - 1e-6);
        }
      }),
    );
  });

  it("carries the weight of every sample", () => {
    fc.assert(
      fc.property(profile, (of) => {
        let sum = 0;
        for (const { samples, weights } of write(of).profiles) {
          expect(weights.length).toBe(samples.length);
          for (const [index, sample] of samples.entries()) if (sample.length > 0) sum += weights[index]!;
        }
        expect(sum).toBeCloseTo(totalWeight(of) * info.interval, 6);
      }),
    );
  });

  it("shows short files and no lines on demand", () => {
    const shown = write(sampleProfile(), { files: "short", lines: "none" }).shared.frames;
    expect(shown).toContainEqual({ name: frames.render9.name, file: "app.py", line: null, col: null });
    expect(shown.filter(({ name }) => name === "render")).toHaveLength(1);
  });

  it("writes a file without samples as one without profiles", () => {
    expect(write(new Profile(info))).toMatchObject({ activeProfileIndex: 0, profiles: [], shared: { frames: [] } });
  });
});
