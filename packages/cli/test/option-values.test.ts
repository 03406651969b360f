import { formats } from "@pyspy/formatters";
import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";

import { FORMAT_NAMES } from "../src/format-titles.ts";
import { parseDuration, parseFormat, parseOutput, parsePid, parseRate, parseShare } from "../src/option-values.ts";
import { pausingOf } from "../src/pausing-options.ts";

describe("a process id", () => {
  it.each([["1", 1], ["42", 42], ["0x2A", 42], ["0X2a", 42], ["=42", 42], ["2147483647", 2147483647]])("%s", (text, pid) => expect(parsePid(text)).toBe(pid));
  it.each(["", "0", "-1", "1.5", "0x", "x2a", "1 ", "2147483648", "1e3", "NaN"])("not %j", (text) => expect(() => parsePid(text)).toThrow(InvalidArgumentError));
});

describe("a duration", () => {
  it.each([
    ["10", 10], ["1.5", 1.5], [".5", 0.5], ["2.", 2], ["500ms", 0.5], ["90s", 90], ["5m", 300], ["1h", 3600], ["0.5m", 30], ["=3", 3],
    ["unlimited", Number.POSITIVE_INFINITY],
  ])("%s", (text, seconds) => expect(parseDuration(text)).toBeCloseTo(seconds, 12));
  it.each(["", "0", "0s", "-1", "xyz", "1d", "1 s", "1e3", ".", "Infinity", "9".repeat(400)])("not %j", (text) => expect(() => parseDuration(text)).toThrow(InvalidArgumentError));
});

describe("a rate", () => {
  it.each([["1", 1], ["100", 100], ["0.5", 0.5], ["1000000", 1_000_000], ["=20", 20]])("%s", (text, rate) => expect(parseRate(text)).toBe(rate));
  it.each(["", "0", "0.0", "-1", "1000001", "fast", "1e3"])("not %j", (text) => expect(() => parseRate(text)).toThrow(InvalidArgumentError));
});

describe("a share", () => {
  it.each([["1%", 0.01], ["0.5%", 0.005], [".5%", 0.005], ["100%", 1], ["0.01", 0.01], [".25", 0.25], ["=2%", 0.02]])("%s", (text, share) => expect(parseShare(text)).toBeCloseTo(share, 12));
  it.each(["", "0", "0%", "1", "5", "101%", "-1%", "1 %", "%", "1e-2", "few"])("not %j", (text) => expect(() => parseShare(text)).toThrow(InvalidArgumentError));
});

describe("a format", () => {
  it.each([["raw", "raw"], ["RAW", "raw"], ["FlameGraph", "flamegraph"], ["=speedscope", "speedscope"]])("%s", (text, name) => expect(parseFormat(text)).toBe(name));
  it("says which there are", () => expect(() => parseFormat("pprof")).toThrow("Possible values: flamegraph, raw, speedscope, chrometrace."));
  it("is known to the command line if there is a writer", () => {
    expect([...FORMAT_NAMES].toSorted()).toEqual(formats.map(({ name }) => name).toSorted());
  });
});

describe("an output", () => {
  it.each([["a.svg", "a.svg"], ["-", "-"], ["=-", "-"], ["./-d", "./-d"], ["=a", "a"]])("%s", (text, path) => expect(parseOutput(text)).toBe(path));
  it.each(["", "-d", "--format", "="])("not %j", (text) => expect(() => parseOutput(text)).toThrow(InvalidArgumentError));
});

it("pausing is what the two options say", () => {
  expect([{}, { blocking: true }, { nonblocking: true }].map(pausingOf)).toEqual(["when-needed", "always", "never"]);
});
