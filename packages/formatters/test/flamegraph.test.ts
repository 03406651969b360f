import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Profile } from "@pyspy/profile";
import { writeFlamegraph } from "@pyspy/formatters";
import { clientScript, cutLabel } from "../src/flamegraph/client.ts";
import { darkPalette, lightPalette, type Palette } from "../src/flamegraph/colors.ts";
import { escapeXml } from "../src/flamegraph/xml.ts";
import { profile, text, totalWeight } from "./arbitrary.ts";
import { framesOf } from "./read-flamegraph.ts";
import { info, pythonFrame, sampleProfile } from "./sample-profile.ts";

const svg = (of: Profile, options = {}): string => [...writeFlamegraph(of, options)].join("");
const withoutScript = (of: Profile): string => svg(of).replace(/<script>.*<\/script>/s, "<script/>");

describe("writeFlamegraph", () => {
  it("writes the golden file", async () => {
    await expect(withoutScript(sampleProfile())).toMatchFileSnapshot("golden/sample.svg");
  });

  it("places children side by side inside their parent, to the last sample", () => {
    fc.assert(
      fc.property(profile, (of) => {
        const frames = framesOf(svg(of, { minWidth: 0 }));
        expect(frames[0]?.count ?? 0).toBe(totalWeight(of));
        for (const [index, parent] of frames.entries()) {
          let next = parent.start;
          for (let child = index + 1; child < frames.length && frames[child]!.depth > parent.depth; child++) {
            const { start, count, depth } = frames[child]!;
            if (depth !== parent.depth + 1) continue;
            expect(start).toBe(next);
            next = start + count;
          }
          expect(next).toBeLessThanOrEqual(parent.start + parent.count);
        }
      }),
    );
  });

  it("draws each frame where its samples are, without gaps between neighbours", () => {
    const frames = framesOf(svg(sampleProfile()));
    for (const { start, count, x, width } of frames) {
      expect(x).toBeCloseTo(start * 10, 3);
      expect(width).toBeCloseTo(count * 10, 3);
    }
    expect(frames.map(({ y, depth }) => y - depth * 18)).toEqual(frames.map(() => 106));
  });

  it("stands on its root on demand", () => {
    const frames = framesOf(svg(sampleProfile(), { inverted: false }));
    const deepest = Math.max(...frames.map(({ depth }) => depth));
    expect(frames.map(({ y, depth }) => y + depth * 18)).toEqual(frames.map(() => 106 + deepest * 18));
  });

  it("leaves out what is narrower than asked for", () => {
    const of = new Profile(info);
    const thread = of.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    for (const [name, weight] of [["narrow", 9], ["wide", 10], ["rest", 9981]] as const) {
      of.addSample(thread, of.stackId(0, of.frameId(pythonFrame(name, "a.py", 1))), 0, weight, 0);
    }
    const names = (options = {}): string[] => framesOf(svg(of, options)).map((frame) => frame.text.split(" ")[0]!);
    expect(names()).toEqual(["all", "rest", "wide"]);
    expect(names({ minWidth: 0 })).toEqual(["all", "narrow", "rest", "wide"]);
    expect(names({ minWidth: 1 })).toEqual(["all", "rest"]);
  });

  it("says samples and share, readable without a script", () => {
    const titles = framesOf(svg(sampleProfile())).map(({ title }) => title);
    expect(titles).toContain("escape (markup/native.py:3) (3 samples, 30.00%)");
    expect(titles).toContain("&lt;lambda&gt;;\\n (a&amp;b&lt;c&gt;&quot;.py:1) (1 sample, 10.00%)");
    expect(svg(sampleProfile())).toContain("10 samples · 0.12 s · 100 Hz · Python 3.13.1 · pid 100");
  });

  it("refers to nothing outside, and its script ends where it should", () => {
    const whole = svg(sampleProfile());
    expect(whole.match(/https?:\/\/[^"]*/g)).toEqual(["http://www.w3.org/2000/svg", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/2000/svg"]);
    expect(whole.match(/href|url\(|@import|\]\]>/g)).toEqual(["]]>"]);
    expect(clientScript()).not.toMatch(/<\/script|\]\]>/);
  });

  it("holds 100,000 frames and a stack 10,000 deep", () => {
    const of = new Profile(info);
    const thread = of.threadId({ pid: 1, interpreter: 0, osThreadId: 1, threadId: 1, name: "" });
    const frames = Array.from({ length: 100 }, (_, line) => of.frameId(pythonFrame("f", "a.py", line + 1)));
    let deep = 0;
    for (let depth = 0; depth < 10_000; depth++) deep = of.stackId(deep, frames[depth % 100]!);
    of.addSample(thread, deep, 0, 1, 0);
    for (let index = 0; index < 100_000; index++) {
      const middle = of.stackId(of.stackId(0, frames[index % 100]!), frames[Math.floor(index / 100) % 100]!);
      of.addSample(thread, of.stackId(middle, frames[Math.floor(index / 10_000)]!), index, 1, 0);
    }
    const drawn = framesOf(svg(of, { minWidth: 0 }));
    expect(drawn.length).toBeGreaterThan(100_000);
    expect(Math.max(...drawn.map(({ depth }) => depth))).toBe(10_000);
    expect(framesOf(svg(of)).length).toBe(101);
  });

  it("says so where there is nothing to draw", () => {
    expect(svg(new Profile(info))).toContain("No samples were recorded.");
  });
});

describe("escapeXml", () => {
  it("leaves nothing that XML forbids or reads as markup", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (each) => {
        const escaped = escapeXml(each);
        // oxlint-disable-next-line no-control-regex -- none may be left
        expect(escaped).not.toMatch(/[\0-\x1f\x7f-\x9f<>"'\ufffe\uffff]|[\ud800-\udfff]/u);
        expect(escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
      }),
    );
  });
});

describe("cutLabel", () => {
  it.each([
    ["render (app.py:9)", 17, "render (app.py:9)"],
    ["render (app.py:9)", 15, "render (app.py…"],
    ["render", 3, "re…"],
    ["render", 2, ""],
    ["ab", 2, "ab"],
    ["a", 1, "a"],
    ["a", 0, ""],
    ["渲染", 4, "渲染"],
    ["渲染模板", 6, "渲染…"],
    ["🐍🐍🐍", 5, "🐍🐍…"],
  ])("cuts %j to %d columns", (whole, columns, label) => {
    expect(cutLabel(whole, columns)).toBe(label);
  });
});

describe("colours", () => {
  it.each([["light", lightPalette], ["dark", darkPalette]] as const)("of %s mode can be read", (_, palette: Palette) => {
    const { background, text: letters, muted, match, matchText, line, ...shades } = palette;
    expect(contrast(background!, line!)).toBeGreaterThan(1.2);
    for (const [ground, ink] of [[background!, letters!], [background!, muted!], [match!, matchText!], ...Object.values(shades).map((shade) => [shade, letters!])]) {
      expect(contrast(ground!, ink!), `${ink} on ${ground}`).toBeGreaterThan(4.5);
    }
  });
});

/** WCAG 2.2, contrast ratio. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
