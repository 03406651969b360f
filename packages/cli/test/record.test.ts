import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { anyPython, startTarget, type Target } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "./built.ts";
import { Folder } from "./folder.ts";
import { pyspy, Running, startPyspy } from "./pyspy.ts";

const DEPTH = 4;

let busy: Target;
let still: Target;

beforeAll(async () => {
  [busy, still] = await Promise.all([startTarget(anyPython(), "busy.py", [DEPTH]), startTarget(anyPython(), "still.py", [DEPTH])]);
});

afterAll(async () => {
  await Promise.all([busy?.stop(), still?.stop()]);
});

/** The one stack of a target of ours, root first, as raw text has it. */
function stackOf(target: Target, text: (frame: { name: string; file: string; line: number; firstLine: number }) => string): string {
  return (target.ready.threads[0]?.frames ?? []).map(text).toReversed().join(";");
}

const withLine = ({ name, file, line }: { name: string; file: string; line: number }) => `${name} (${basename(file)}:${line})`;

/** The raw profile of a target: lines without their counts, and the counts' sum. */
async function raw(target: Target, ...options: readonly string[]) {
  const { status, stdout, stderr } = await pyspy(["record", "-f", "raw", "-o", "-", "-d", "0.4", "-r", "50", ...options, "--pid", target.pid]);
  expect(status, stderr).toBe(0);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { stacks: lines.map((line) => line.replace(/ \d+$/, "")), stderr };
}

it("runs under options of Node that a thread cannot be given", async () => {
  const args = ["--max-old-space-size=500", main(), "record", "-f", "raw", "-o", "-", "-d", "0.4", "--pid", String(busy.pid)];
  await using program = new Running(process.execPath, args);
  const { status, stdout, stderr } = await program.end();
  expect(status, stderr).toBe(0);
  expect(stdout.replace(/ \d+\n$/, "")).toBe(stackOf(busy, withLine));
});

describe("a raw profile", () => {
  it("has the program's one stack", async () => expect((await raw(busy)).stacks).toEqual([stackOf(busy, withLine)]));

  it("has full paths with --full-filenames", async () => {
    expect((await raw(busy, "--full-filenames")).stacks).toEqual([stackOf(busy, ({ name, file, line }) => `${name} (${file}:${line})`)]);
  });

  it.each(["--function", "-F"])("has first lines with %s", async (option) => {
    const byFirstLine = stackOf(busy, ({ name, file, line, firstLine }) => `${name} (${basename(file)}${name === "<module>" && firstLine === 0 ? "" : `:${firstLine || line}`})`);
    expect((await raw(busy, option)).stacks).toEqual([byFirstLine]);
  });

  it("has no lines with --nolineno", async () => {
    expect((await raw(busy, "--nolineno")).stacks).toEqual([stackOf(busy, ({ name, file }) => `${name} (${basename(file)})`)]);
  });

  it.each(["--threads", "-t"])("has threads with %s", async (option) => {
    expect((await raw(busy, option)).stacks).toEqual([`thread (${busy.pid}): MainThread;${stackOf(busy, withLine)}`]);
  });

  it("has nothing of an idle program, and says why", async () => {
    const { stacks, stderr } = await raw(still);
    expect(stacks).toEqual([]);
    expect(stderr).toContain("Use --idle");
  });

  it("has an idle program with --idle", async () => expect((await raw(still, "-i")).stacks).toEqual([stackOf(still, withLine)]));

  it("has who holds the GIL with --gil", async () => {
    expect((await raw(busy, "--gil")).stacks).toEqual([stackOf(busy, withLine)]);
    expect((await raw(still, "--gil", "--idle")).stacks).toEqual([]);
  });

  it.each(["--blocking", "--nonblocking"])("is the same with %s", async (option) => expect((await raw(busy, option)).stacks).toEqual([stackOf(busy, withLine)]));
});

describe("what is said", () => {
  it("is what py-spy says", async () => {
    using folder = new Folder();
    const { status, stdout, stderr } = await pyspy(["record", "-f", "RAW", "-o", "p.txt", "-d", "400ms", "-r", "50", "-p", `0x${busy.pid.toString(16)}`], { cwd: folder.path });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.replace(/\npyspy> \d+ of \d+ samples came too late.*/, "")).toMatch(
      /^pyspy> Sampling process 50 times a second for 0\.4 seconds\. Press Control-C to exit\.\n\npyspy> Wrote raw flamegraph data to 'p\.txt'\. Samples: \d+ Errors: 0\npyspy> Torn: .*\npyspy> You can use the flamegraph\.pl script from \S+ to generate a SVG\n$/,
    );
    expect(folder.names()).toEqual(["p.txt"]);
  });
});

/** Its numbers, and what the file's counts add up to. */
async function summary(...options: readonly string[]) {
  const { status, stdout, stderr } = await pyspy(["record", "-f", "raw", "-o", "-", "-d", "0.6", ...options, "--pid", busy.pid]);
  expect(status).toBe(0);
  const [, samples, late, weighed, reached, cpu, pausing] =
    /Samples: (\d+) Errors: 0\npyspy> Torn: \d+ Late: (\d+)(?: \(counted with the samples after them: (\d+) in the file\))? Rate: ([\d.]+) of \d+\/s CPU: ([\d.]+)% Pausing: (.*)\n/.exec(stderr) ?? [];
  const total = stdout.trimEnd().split("\n").reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)?.[1] ?? 0), 0);
  return { samples: Number(samples), late: Number(late), told: Number(weighed ?? samples), total, reached: Number(reached), cpu: Number(cpu), pausing, stderr };
}

describe("the summary", () => {
  it.each([["-r", "100"], ["-r", "20"]])("is what the file holds: %s %s", async (...rate) => {
    const { samples, late, told, total, reached, cpu } = await summary(...rate);
    expect(samples).toBeGreaterThan(0);
    expect(told).toBe(total);
    expect(total).toBeLessThanOrEqual(samples + late);
    // One thread, active at each tick.
    expect(reached).toBeCloseTo(samples / 0.6, 0);
    expect(cpu).toBeGreaterThan(0);
  });

  it("says what was missed at a rate that cannot be reached", async () => {
    const { samples, late, told, total, stderr } = await summary("-r", "1000000");
    expect(late).toBeGreaterThan(0);
    expect(told).toBe(total);
    expect(total).toBeGreaterThan(samples);
    // All ticks that were due, but for how much the intervals vary; none of after the end.
    expect((samples + late) / 600_000).toBeCloseTo(1, 2);
    expect(stderr).toContain("samples came too late to be taken. Try reducing the sampling rate");
  });

  it("says what was left out, and what kept the rate down", async () => {
    const { stdout, stderr } = await pyspy(["record", "-f", "raw", "-o", "-", "-d", "2", "-r", "1000", "--strict", "--max-overhead", "1.5%", "--blocking", "--pid", busy.pid]);
    const [, samples, late, skipped, told, reached] =
      /Samples: (\d+) Errors: 0\npyspy> Torn: \d+ \(left out\) Late: (\d+) Skipped: (\d+) \(counted with the samples after them: (\d+) in the file\) Rate: ([\d.]+) of 1000\/s \(limited by --max-overhead 1\.5%\) CPU: [\d.]+% Pausing: at every sample \(--blocking\), [\d.]+% of the time\n/.exec(stderr) ?? [];
    const total = stdout.trimEnd().split("\n").reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)?.[1] ?? 0), 0);
    expect(Number(told)).toBe(total);
    expect(Number(samples) + Number(skipped)).toBeLessThanOrEqual(total);
    expect(total).toBeLessThanOrEqual(Number(samples) + Number(skipped) + Number(late));
    expect(Number(samples) + Number(skipped) + Number(late)).toBeGreaterThanOrEqual(1990);
    expect(Number(reached)).toBeCloseTo(Number(samples) / 2, 0);
  });

  it.each([[[], "when needed"], [["--blocking"], "at every sample (--blocking)"], [["--nonblocking"], "never (--nonblocking)"]] as const)("says how the process was stopped: %j", async (options, text) => {
    expect((await summary(...options)).pausing).toBe(text);
  });
});

describe("a file", () => {
  it.each([
    ["flamegraph", ".svg", /^(<\?xml|<svg)[^]*<\/svg>\s*$/],
    ["speedscope", ".json", /^\{[^]*\}\s*$/],
    ["chrometrace", ".json", /^[[{][^]*[\]}]\s*$/],
    ["raw", ".txt", /^(.+ \d+\n)+$/],
  ])("in the format %s is named after the pid and the time", async (format, extension, content) => {
    using folder = new Folder();
    const { status, stderr } = await pyspy(["record", "-f", format, "-d", "0.3", "-p", busy.pid], { cwd: folder.path });
    expect(status, stderr).toBe(0);
    const [name = "", ...others] = folder.names();
    expect(others).toEqual([]);
    expect(name).toMatch(new RegExp(`^${busy.pid}-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d(\\.\\w+)?\\${extension}$`));
    const text = readFileSync(folder.join(name), "utf8");
    expect(text).toMatch(content);
    if (extension === ".json") expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  it("of a program is named after it, in the current directory", async () => {
    using folder = new Folder();
    const [command = ""] = anyPython().command;
    await using running = startPyspy(["record", "-d", "0.2", "--", command, "-c", "import sys; sys.stdin.read()"], { cwd: folder.path });
    await running.until(/Wrote flamegraph/);
    running.child.stdin?.end();
    expect(await running.end()).toMatchObject({ status: 0, stderr: "" });
    expect(folder.names()).toEqual([expect.stringMatching(new RegExp(`^${basename(command).replaceAll(".", "\\.")}-\\d{4}-.*\\.svg$`))]);
  });
});

describe("the recording is written whole", () => {
  it.each([
    ["SIGINT", "Control-C pressed"], ["SIGTERM", "SIGTERM was received"], ["SIGHUP", "SIGHUP was received"],
  ] as const)("at %s", async (signal, reason) => {
    using folder = new Folder();
    await using running = startPyspy(["record", "-o", folder.join("p.svg"), "-p", busy.pid]);
    await running.until(/Sampling process 100 times a second\. /);
    running.child.kill(signal);
    const { status, stdout, stderr } = await running.end();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`\n\npyspy> Stopped sampling because ${reason}\npyspy> Wrote flamegraph data`);
    expect(readFileSync(folder.join("p.svg"), "utf8")).toMatch(/descend[^]*<\/svg>\s*$/);
  });

  it("when the process is killed", async () => {
    using folder = new Folder();
    await using target = await startTarget(anyPython(), "busy.py", [DEPTH]);
    await using running = startPyspy(["record", "-f", "raw", "-o", folder.join("p.txt"), "-p", target.pid]);
    await running.until(/Sampling process/);
    await target.stop();
    const { status, stdout } = await running.end();
    expect(status).toBe(0);
    expect(stdout).toContain("\npyspy> Stopped sampling because process exited\n");
    expect(readFileSync(folder.join("p.txt"), "utf8").replace(/ \d+\n$/, "")).toBe(stackOf(target, withLine));
  });
});

it("says that there is no such process, and leaves nothing behind", async () => {
  using folder = new Folder();
  const { status, stdout, stderr } = await pyspy(["record", "-p", "2147483647"], { cwd: folder.path });
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: "", stderr: expect.stringMatching(/^Error: no process 2147483647\n.*\nCheck the process id/) });
  expect(folder.names()).toEqual([]);
});
