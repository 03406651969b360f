import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Profile, type Sample, SampleFlags } from "@pyspy/profile";
import { record } from "@pyspy/sampler";
import { anyPython, type Python, pythons, type ReadyThread, startTarget, stageProgram } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { unsupported } from "./supported.ts";
import { until } from "./until.ts";

const RATE = 100;

describe.each(pythons().map((python) => [python.label, python] as const))("a recording of %s", (_, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "")(`has all that runs, at every tick, and with \`idle\` all else${reason && ` [${reason}]`}`, async () => {
    await using target = await startTarget(python, "threads.py", [3]);
    const { threads } = target.ready;
    const active = record({ pid: target.pid, rate: RATE, duration: 0.4 });
    const { profile, end } = await active.result;
    expect(end).toBe("duration");
    const busy = threads.find(({ running }) => running) as ReadyThread;
    expect(samplesOf(profile, busy)).toBe(active.progress.ticks - profile.counts.errors - profile.counts.torn);
    expect(active.progress.ticks).toBeGreaterThan(0);
    // Where it is paused for each sample, sleeping threads wake each time, to sleep on.
    expect(profile.sampleCount).toBe(samplesOf(profile, busy));

    const all = record({ pid: target.pid, rate: RATE, duration: 0.4, idle: true });
    const withIdle = (await all.result).profile;
    expect(withIdle.counts.errors + withIdle.counts.torn).toBe(0);
    for (const thread of threads) {
      expect(samplesOf(withIdle, thread), thread.name).toBe(all.progress.ticks);
      expect(stacksOf(withIdle, thread), thread.name).toEqual(new Set([stackSaid(thread)]));
    }
    expect(withIdle.sampleCount).toBe(all.progress.ticks * threads.length);
    // Ticks that were missed before the first and between two samples are in their weights, those before the end are not.
    expect(weightsOf(withIdle, busy)).toBeGreaterThanOrEqual(all.progress.ticks);
    expect(weightsOf(withIdle, busy)).toBeLessThanOrEqual(all.progress.ticks + withIdle.counts.late);
    expect(flagged(withIdle, SampleFlags.idle).has(busy.ident)).toBe(false);
  });
});

describe("a recording", () => {
  const python = anyPython();

  it("says what it is of", async () => {
    await using target = await startTarget(python, "busy.py", [7]);
    const { profile } = await record({ pid: target.pid, rate: 200, duration: 0.2 }).result;
    const { major, minor, micro } = python.version;
    expect(profile.info).toMatchObject({ pid: target.pid, interval: 0.005, pythonVersion: `${major}.${minor}.${micro}` });
    expect(profile.info.commandLine.slice(-1)).toEqual(["7"]);
    expect(profile.info.title).toBe(profile.info.commandLine.join(" "));
    expect(profile.duration).toBeCloseTo(0.2, 1);
    expect(profile.stackCount).toBe(1 + (target.ready.threads[0] as ReadyThread).frames.length);
  });

  it("with `gil` has only the thread that holds it", async () => {
    const withGil = pythons().findLast((each) => unsupported(each) === "" && !each.freeThreaded) as Python;
    await using target = await startTarget(withGil, "threads.py", [3]);
    const { profile } = await record({ pid: target.pid, rate: 200, duration: 0.4, gil: true, idle: true }).result;
    const busy = target.ready.threads.find(({ running }) => running) as ReadyThread;
    expect(samplesOf(profile, busy)).toBeGreaterThan(0);
    expect(profile.sampleCount).toBe(samplesOf(profile, busy));
    expect(flagged(profile, SampleFlags.gilHolder)).toEqual(new Set([busy.ident]));
  });

  it("ends when stopped, and shows meanwhile how far it is", async () => {
    await using target = await startTarget(python, "busy.py");
    const recording = record({ pid: target.pid, rate: 200, duration: Number.POSITIVE_INFINITY, updateInterval: 0.02 });
    await until("samples", () => recording.progress.ticks >= 5 && (recording.profile?.sampleCount ?? 0) > 0);
    expect(recording.progress.threads).toBe(1);
    recording.stop();
    const { profile, end } = await recording.result;
    expect(end).toBe("stopped");
    expect(profile).toBe(recording.profile);
    expect(profile.sampleCount).toBe(recording.progress.samples);
    expect(recording.progress.samples).toBe(recording.progress.ticks);
  });

  it("of many threads keeps to a limit by skipping ticks, and weighs what it takes for all", async () => {
    await using target = await startTarget(python, "threads.py", [60]);
    const [rate, duration] = [1000, 3];
    const recording = record({ pid: target.pid, rate, duration, idle: true, maxOverhead: 0.02 });
    const { profile } = await recording.result;
    const { ticks, late, skipped, threads } = recording.progress;
    expect(threads).toBeGreaterThan(50);
    expect(skipped).toBeGreaterThan(ticks);
    expect(ticks).toBeGreaterThanOrEqual(duration - 1);
    // Not one tick is lost: but for the last, and how much the intervals vary where every one is sampled.
    expect(Math.abs(ticks + late + skipped - rate * duration)).toBeLessThanOrEqual(2 + ticks);
    expect(profile.counts).toMatchObject({ errors: 0, late });
    const busy = target.ready.threads.find(({ running }) => running) as ReadyThread;
    expect(samplesOf(profile, busy)).toBe(ticks);
    // Ticks that were missed at the end stand for nothing.
    expect(weightsOf(profile, busy)).toBeGreaterThanOrEqual(ticks + skipped);
    expect(weightsOf(profile, busy)).toBeLessThanOrEqual(ticks + late + skipped);
  });

  it("tells how long it stopped the process", async () => {
    await using target = await startTarget(python, "busy.py");
    const still = record({ pid: target.pid, rate: 50, duration: 0.5, pausing: "never" });
    await still.result;
    expect(still.progress).toMatchObject({ pausedTime: 0, skipped: 0 });
    const blocking = record({ pid: target.pid, rate: 200, duration: 1, pausing: "always", maxOverhead: 0.5 });
    await blocking.result;
    expect(blocking.progress.pausedTime).toBeGreaterThan(0);
    expect(blocking.progress.pausedTime).toBeLessThan(1100);
  });

  it.each([0, 2, Number.NaN])("refuses a limit of %d", async (maxOverhead) => {
    await expect(record({ pid: process.pid, rate: 100, duration: 1, maxOverhead }).result).rejects.toMatchObject({ failure: { name: "RangeError" } });
  });

  it("keeps what it has when the process is killed", async () => {
    const target = await startTarget(python, "busy.py");
    const recording = record({ pid: target.pid, rate: 200, duration: 60 });
    await until("samples", () => recording.progress.ticks >= 5);
    await target.stop();
    const { profile, end } = await recording.result;
    expect(end).toBe("process-ended");
    expect(profile.sampleCount).toBeGreaterThanOrEqual(5);
    expect(stacksOf(profile, target.ready.threads[0] as ReadyThread)).toEqual(new Set([stackSaid(target.ready.threads[0] as ReadyThread)]));
  });

  it("waits, if asked to, for a program that becomes Python", async () => {
    const command = [...python.command, stageProgram(python, "busy.py")];
    const shell = spawn("/bin/sh", ["-c", 'read -r _; exec "$@"', "sh", ...command], { stdio: ["pipe", "ignore", "inherit"] });
    try {
      const pid = shell.pid as number;
      await expect(record({ pid, rate: 100, duration: 1 }).result).rejects.toMatchObject({ failure: { code: "not-python" } });
      const recording = record({ pid, rate: 100, duration: 0.2, wait: 20, pausing: "never" });
      shell.stdin.write("go on\n");
      const { profile, end } = await recording.result;
      expect(end).toBe("duration");
      expect(profile.sampleCount).toBeGreaterThan(0);
    } finally {
      const ended = once(shell, "exit");
      shell.kill("SIGKILL");
      await ended;
    }
  });

  const dist = whyNoBuild();
  it.skipIf(dist !== "")(`runs from what is published${dist && ` [${dist}]`}`, async () => {
    await using target = await startTarget(python, "busy.py");
    const script = `import { record } from "@pyspy/sampler";
      const { profile, end } = await record({ pid: ${target.pid}, rate: 100, duration: 0.2 }).result;
      console.log(JSON.stringify({ end, samples: profile.sampleCount > 0, from: import.meta.resolve("@pyspy/sampler") }));`;
    const cwd = fileURLToPath(new URL("..", import.meta.url));
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd, encoding: "utf8", timeout: 30_000 });
    expect(JSON.parse(output)).toEqual({ end: "duration", samples: true, from: expect.stringMatching(/\/dist\/index\.js$/) as unknown });
  });
});

function samples(profile: Profile, wanted: (threadId: number) => boolean): Sample[] {
  return [...profile.samples()].filter(({ thread }) => wanted(profile.threads[thread]?.threadId ?? 0));
}

function samplesOf(profile: Profile, { ident }: ReadyThread): number {
  return samples(profile, (id) => id === ident).length;
}

function weightsOf(profile: Profile, { ident }: ReadyThread): number {
  return samples(profile, (id) => id === ident).reduce((sum, { weight }) => sum + weight, 0);
}

/** Thread ids of the samples that have a flag. */
function flagged(profile: Profile, flag: number): Set<number> {
  const found = samples(profile, () => true).filter(({ flags }) => (flags & flag) !== 0);
  return new Set(found.map(({ thread }) => profile.threads[thread]?.threadId ?? 0));
}

function stacksOf(profile: Profile, { ident }: ReadyThread): Set<string> {
  const stacks = new Set(samples(profile, (id) => id === ident).map(({ stack }) => stack));
  const lines = [...stacks].map((stack) => profile.stackFrames(stack).map((id) => profile.frames[id]));
  return new Set(lines.map((frames) => frames.map((frame) => `${frame?.name} ${frame?.file} ${frame?.line}`).join("\n")));
}

/** Root first, as profiles have it. */
function stackSaid({ frames }: ReadyThread): string {
  return frames.toReversed().map(({ name, file, line }) => `${name} ${file} ${line}`).join("\n");
}

/** Why what `pnpm build` makes cannot be tested. */
function whyNoBuild(): string {
  const packages = fileURLToPath(new URL("../..", import.meta.url));
  for (const name of ["binary", "layouts", "process", "profile", "sampler"]) {
    const built = join(packages, name, "dist", "index.js");
    if (!existsSync(built)) return "needs pnpm build";
    const sources = readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" });
    const newest = Math.max(...sources.map((source) => statSync(join(packages, name, "src", source)).mtimeMs));
    if (statSync(built).mtimeMs < newest) return "needs pnpm build: sources have changed since the last";
  }
  return "";
}
