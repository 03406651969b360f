import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { leavesOf } from "./leaf-shares.ts";
import { statistics } from "./measure-austin.ts";
import { plotSvg, plotText, slopeOf } from "./memory-plot.ts";
import { parseOptions } from "./options.ts";
import { median, ratios, type Report, type ScenarioReport, summarize } from "./report.ts";
import type { Result } from "./scenario.ts";
import { formatReport } from "./table.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const needsLinux = existsSync("/proc/self/stat") ? "" : " [needs /proc]";

function bench(...args: readonly string[]): string {
  const command = ["--conditions=@pyspy/source", main, ...args];
  return execFileSync(process.execPath, command, { encoding: "utf8", timeout: 120_000, stdio: ["ignore", "pipe", "pipe"] });
}

describe.skipIf(needsLinux)(`one tiny run, pyspy alone${needsLinux}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-bench-test-"));
  const json = join(folder, "report.json");
  let text = "";
  let report: Report;

  beforeAll(() => {
    const size = ["--parts", "rates", "--programs", "busy,churn", "--depths", "5", "--seconds", "0.3", "--rounds", "1", "--rates", "top,100"];
    text = bench(...size, "--peers", "none", "--no-strace", "--markdown", "--json", json);
    report = JSON.parse(readFileSync(json, "utf8")) as Report;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("measures every profiler at every rate on both programs", () => {
    const rows = report.scenarios.map(({ program, depth, results }) => ({
      program,
      depth,
      rows: results.map(({ profiler, rate, failures }) => [profiler, rate, ...failures]),
    }));
    const each = [["pyspy, reading only", "top"], ["pyspy", "top"], ["pyspy", 100]];
    expect(rows).toEqual([
      { program: "busy", depth: 5, rows: each },
      { program: "churn", depth: 5, rows: each },
    ]);
  });

  it("finds numbers above zero, and only stacks that exist", () => {
    const found = report.scenarios.flatMap(({ program, results }) => results.map(({ profiler, summary }) => ({ program, profiler, summary })));
    for (const { summary, profiler, program } of found) {
      expect(summary?.samplesPerSecond).toBeGreaterThan(0);
      expect(summary?.cpuPerSample).toBeGreaterThan(0);
      expect(summary?.failed).toBe(0);
      if (profiler !== "pyspy, reading only") continue;
      expect(summary?.callsPerSample).toBeGreaterThanOrEqual(1);
      if (program === "churn") expect(summary?.legal).toBeGreaterThanOrEqual(0.999);
    }
  });

  it("prints the machine and a row for each", () => {
    expect(text).toContain(`Node ${process.version}`);
    const rows = text.split("\n").filter((line) => line.startsWith("| 5 | "));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row.split(" | ")[3]).toMatch(/^[\d,]*[1-9][\d,]*$/);
  });
});

describe("options", () => {
  it("reads lists, numbers and names", () => {
    const options = parseOptions(["--depths", "1,2", "--rates", "top,50", "--peers", "py-spy", "--seconds", "0.5", "--no-strace"]);
    expect(options).toMatchObject({ depths: [1, 2], rates: ["top", 50], peers: ["py-spy"], seconds: 0.5, strace: false });
  });

  it.each([
    ["--depths", "0"],
    ["--depths", "1.5"],
    ["--depths", "x"],
    ["--rounds", "1000"],
    ["--seconds", "-1"],
    ["--rates", "fast"],
    ["--programs", "still"],
    ["--peers", "perf"],
  ])("refuses %s %s", (option, value) => {
    expect(() => parseOptions([`${option}=${value}`])).toThrow(`${option}: ${value} is n`);
  });

  it("says so when started with an unknown one", () => {
    const { status, stderr } = spawnSync(process.execPath, ["--conditions=@pyspy/source", main, "--fast"], { encoding: "utf8", timeout: 60_000 });
    expect(status).toBe(1);
    expect(stderr).toContain("--fast");
  });
});

describe("report", () => {
  const measurement = { samplesPerSecond: 1000, cpu: 0.5, torn: 0, failed: 0.25, others: 0.1, stolen: 0 };
  const ours: Result = { profiler: "pyspy", rate: "top", measurements: [measurement], failures: [], callsPerSample: 2 };
  const theirs: Result = { ...ours, profiler: "other", measurements: [{ ...measurement, samplesPerSecond: 100 }], callsPerSample: 50 };
  const broken: Result = { profiler: "broken", rate: "top", measurements: [], failures: ["no", "no"] };
  const results = [ours, theirs, broken].map((result) => Object.assign(result, { summary: summarize(result) }));
  const scenario: ScenarioReport = { python: "3.99.0 test", program: "busy", depth: 5, results };

  it("takes the median", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    const faster = { ...measurement, samplesPerSecond: 5000 };
    const slower = { ...measurement, samplesPerSecond: 100 };
    expect(summarize({ ...ours, measurements: [faster, slower, { ...measurement, samplesPerSecond: 500 }] })).toMatchObject({ samplesPerSecond: 500, cpuPerSample: 1000, callsPerSample: 2 });
  });

  it("compares with ours: samples ours to theirs, CPU theirs to ours", () => {
    const summary = results[1]?.summary;
    expect(summary && ratios(scenario, "top", summary)).toEqual({ samples: 10, cpu: 10 });
    expect(summary && ratios(scenario, 100, summary)).toBeUndefined();
  });

  it("has a row for what failed too, and says why once", () => {
    const machine = { cpu: "CPU", cores: 1, memoryGiB: 1, kernel: "Linux 1", node: "v1", loadAverage: 0, date: "" };
    const text = formatReport({ machine, options: parseOptions([]), scenarios: [scenario], disturbances: [], leafShares: [], wholeRecordings: [], startUp: [] }, true);
    expect(text).toContain("| 5 | top | other | 100 | 5,000 | 50.0 | 50.0 | 0 | 25.0 | – | 10.0 | 10.0 |");
    expect(text).toContain("| 5 | top | broken | – | – | – | – | – | – | – | – | – |");
    expect(text).toContain("Depth 5, broken at top, 2 failed: no\n");
  });

  it("compares whole recordings: CPU theirs to ours, user and system together", () => {
    const machine = { cpu: "CPU", cores: 1, memoryGiB: 1, kernel: "Linux 1", node: "v1", loadAverage: 0, date: "" };
    const mine = { python: "3.99.0 test", kind: "asleep", profiler: "pyspy", seconds: 3.2, user: 0.15, system: 0.05, failure: undefined } as const;
    const other = { ...mine, profiler: "other", user: 0.5, system: 1.5 };
    const report: Report = { machine, options: parseOptions([]), scenarios: [], disturbances: [], leafShares: [], wholeRecordings: [mine, other], startUp: [] };
    const rows = formatReport(report, true).split("\n").filter((line) => line.startsWith("| 3.99.0 test | asleep"));
    expect(rows).toEqual([
      "| 3.99.0 test | asleep | pyspy | 3.20 | 0.15 | 0.05 | – |  |",
      "| 3.99.0 test | asleep | other | 3.20 | 0.50 | 1.50 | 10.0 |  |",
    ]);
  });
});

describe("what peers write", () => {
  it("austin 4 and 3 say how many samples they took", () => {
    const four = "\u001b[0m Total duration . . . \u001b[1m2.00s\n Average sampling rate 456 Hz\n Error rate . . . \u001b[0m\u001b[1m9/900\u001b[0m (1.00%)";
    const three = "Sampling duration : 2.00 s\nError rate : 9/900 (1.00 %) invalid samples";
    for (const text of [four, three]) expect(statistics(text)).toEqual({ samplesPerSecond: 450, failed: 0.01 });
    expect(() => statistics("no process")).toThrow("austin did not say");
  });

  it("collapsed stacks have their leaves", () => {
    const text = "<module> (work.py:1);moving (work.py:46) 3\ntid:1;/work.py:moving:46;/work.py:first:30 2\n<module> (work.py:1);moving (work.py:47) 1\n";
    expect([...leavesOf(text)]).toEqual([["moving", 4], ["first", 2]]);
    expect(() => leavesOf("")).toThrow("no stacks in");
  });
});

describe("memory over time", () => {
  const series = [0, 1, 2, 3].map((time) => ({ time, mebibytes: 100 + time / 2 }));

  it("finds the slope", () => {
    expect(slopeOf(series)).toBeCloseTo(0.5, 9);
    expect(slopeOf(series.slice(0, 1))).toBe(0);
  });

  it("plots every look", () => {
    const text = plotText(series);
    expect(text).toContain("First 100.0 MiB, last 101.5, at most 101.5; in the last two thirds 30.00 MiB a minute.");
    expect(text.split("\n")[13]).toMatch(/7 MiB \|####$/);
    expect(plotSvg(series, "a < b")).toContain("a &lt; b");
  });
});
