import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Profile } from "@pyspy/profile";
import { formats, type FormatName, readRaw, writeFlamegraph } from "@pyspy/formatters";
import { profile, totalWeight, view } from "./arbitrary.ts";
import { framesOf } from "./read-flamegraph.ts";
import { info, sampleProfile, sampleTotal } from "./sample-profile.ts";

/** Reads the samples in a file back, by a reader of the test's own where the package has none. */
const totalOf: Record<FormatName, (text: string) => number> = {
  flamegraph: (text) => framesOf(text)[0]?.count ?? 0,
  raw: (text) => totalWeight(readRaw(text)),
  speedscope: (text) => {
    const { profiles } = JSON.parse(text) as { profiles: { samples: number[][]; weights: number[] }[] };
    const seconds = profiles.flatMap(({ samples, weights }) => weights.filter((_, index) => samples[index]!.length > 0));
    return seconds.reduce((sum, weight) => sum + weight, 0) / info.interval;
  },
  chrometrace: (text) => {
    const { traceEvents } = JSON.parse(text) as { traceEvents: { ph: string; ts: number; pid: number; tid: number }[] };
    let [busy, open] = [0, 0];
    for (const { ph, ts } of traceEvents) {
      if (ph === "B" && open++ === 0) busy -= ts;
      if (ph === "E" && --open === 0) busy += ts;
    }
    return busy / 1e6 / info.interval;
  },
};

it("all formats carry the same total", () => {
  const totals = formats.map(({ name, write }) => [name, Math.round(totalOf[name]([...write(sampleProfile())].join("")) * 1e6) / 1e6]);
  expect(totals).toEqual([["flamegraph", sampleTotal], ["speedscope", sampleTotal], ["raw", sampleTotal], ["chrometrace", sampleTotal]]);
});

it("all formats carry the total of any profile in any view", () => {
  fc.assert(
    fc.property(profile, view, (of, options) => {
      for (const { name, write } of formats) {
        expect(totalOf[name]([...write(of, options)].join("")), name).toBeCloseTo(totalWeight(of), 3);
      }
    }),
  );
});

it("writers yield pieces, not one long text, and the same each time", () => {
  const of = new Profile(info);
  const thread = of.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
  const frame = { ...sampleProfile().frames[0]! };
  for (let line = 1; line <= 5000; line++) of.addSample(thread, of.stackId(0, of.frameId({ ...frame, line })), line / 100, 1, 0);
  for (const { name, write } of [...formats, { name: "all frames", write: (each: Profile) => writeFlamegraph(each, { minWidth: 0 }) }]) {
    const pieces = [...write(of)];
    expect(Math.max(...pieces.map((piece) => piece.length)), name).toBeLessThan(100_000);
    if (name !== "flamegraph") expect(pieces.length, name).toBeGreaterThan(1);
    expect([...write(of)].join("") === pieces.join(""), name).toBe(true);
  }
});
