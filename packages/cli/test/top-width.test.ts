import { spawnSync } from "node:child_process";

import { anyPython } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { fitLine, lineText, padLine, paint, span } from "../src/top/styled-line.ts";
import { fitText, textWidth } from "../src/top/text-width.ts";

/** With Unicode 16, which that Python may not have yet. */
function hasChanged(code: number): boolean {
  return [[0x2630, 0x2637], [0x268a, 0x268f], [0x4dc0, 0x4dff], [0x1d300, 0x1d376], [0x1171e, 0x1171e]].some(([from, to]) => code >= from! && code <= to!);
}

describe("textWidth", () => {
  it("is that of East_Asian_Width for every character that Python's Unicode has", () => {
    const script = `
import unicodedata as u
for c in range(0x300, 0x110000):
    x = chr(c)
    if u.category(x) in ("Cn", "Cs", "Co"): continue
    zero = u.category(x) in ("Mn", "Me", "Cf") or 0x1160 <= c <= 0x11ff
    print("%x %d" % (c, 0 if zero else 2 if u.east_asian_width(x) in "WF" else 1))`;
    const [command, ...args] = anyPython().command;
    const { stdout } = spawnSync(command!, [...args, "-c", script], { encoding: "utf8", maxBuffer: 2 ** 26, timeout: 50_000 });
    const all = stdout.trim().split("\n").map((line) => line.split(" ") as [string, string]);
    // Nor may this Node have what that Python has.
    const lines = all.filter(([code]) => !/\p{Cn}/u.test(String.fromCodePoint(Number.parseInt(code, 16))));
    expect(lines.length).toBeGreaterThan(100_000);
    const wrong = lines.filter(([code, width]) => textWidth(String.fromCodePoint(Number.parseInt(code, 16))) !== Number(width));
    expect(wrong.map(([code]) => Number.parseInt(code, 16)).filter((code) => !hasChanged(code))).toEqual([]);
  });

  it("counts what takes no column and what takes two", () => {
    expect([..."aé関あ한😀"].map(textWidth)).toEqual([1, 1, 2, 2, 2, 2]);
    expect(textWidth("e\u0301")).toBe(1);
    expect(textWidth("\u200b\u00ad")).toBe(1);
  });
});

describe("fitting", () => {
  it.each([
    ["abc", 3, "abc"], ["abcd", 3, "ab…"], ["関数", 4, "関数"], ["関数", 3, "関…"], ["関数", 2, "…"], ["a関", 2, "a…"], ["abc", 1, "…"], ["abc", 0, ""], ["e\u0301e\u0301", 2, "e\u0301e\u0301"],
  ])("%s in %d is %s", (text, width, fitted) => {
    expect(fitText(text, width)).toBe(fitted);
    expect(textWidth(fitText(text, width))).toBeLessThanOrEqual(width);
  });

  it("cuts and fills lines of several spans", () => {
    const line = [span("ab", "bold"), span("関"), span("d", "dim")];
    const texts = [6, 5, 4, 3, 2, 1, 0].map((width) => lineText(fitLine(line, width)));
    expect(texts).toEqual(["ab関d", "ab関d", "ab…", "ab…", "a…", "…", ""]);
    expect(lineText(fitLine([span("abcd"), span(""), span(")")], 4))).toBe("abc…");
    expect(lineText(padLine(line, 8, "plain"))).toBe("ab関d   ");
  });

  it("leaves out colours, not the rest, where there are none", () => {
    const line = [span("a", "warning"), span("b", "name"), span("c", "heading"), span("d")];
    expect(paint(line, true)).toBe("\u001b[31;1ma\u001b[0m\u001b[32mb\u001b[0m\u001b[7mc\u001b[0md");
    expect(paint(line, false)).toBe("\u001b[1ma\u001b[0mb\u001b[7mc\u001b[0md");
  });
});
