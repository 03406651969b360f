import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  isReadByPySpy, type Program, pySpy, type Python, pythons, type ReadyThread, startTarget, type Target, whyNoPySpy, whyNot, workspaceRoot,
} from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { main } from "./built.ts";
import { Folder } from "./folder.ts";
import { type PySpyDefect, pySpyDefects } from "./py-spy-defects.ts";
import { Running } from "./pyspy.ts";
import { unsupported } from "./supported.ts";

// Programs at rest, seen by the real py-spy and by us. Where they may differ is listed in py-spy-defects.ts.

const theirPath = pySpy();
const without = theirPath === undefined ? ` [${whyNoPySpy()}]` : "";
const read = pythons().filter((python) => isReadByPySpy(python) && unsupported(python) === "");
const PROGRAMS: readonly (readonly [Program, readonly number[]])[] = [
  ["still.py", [6]], ["generators.py", []], ["unicode_names.py", []], ["locals.py", []], ["deep.py", [3000]],
];
/** Minor versions of Python 3. */
const from = (minor: number, to = Infinity) => read.filter(({ version }) => version.major === 3 && version.minor >= minor && version.minor <= to);
const each = (list: readonly Python[]) => list.map((python) => [python.label, python] as const);
/** Deeper than what py-spy follows. */
const DEEP = 10_000;

/** Their output and ours for the same arguments. */
function both(...args: readonly string[]): { readonly theirs: string; readonly ours: string } {
  return { theirs: run([theirPath as string], args), ours: run([process.execPath, main()], args) };
}

function run([command = "", ...before]: readonly string[], args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, [...before, ...args], { encoding: "utf8", timeout: 60_000, maxBuffer: 2 ** 28 });
  expect(status, `${command} ${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
}

/** The text of the files that both write. */
function recorded(target: Target, format: string, ...options: readonly string[]): { readonly theirs: string; readonly ours: string } {
  using folder = new Folder();
  const files = ["theirs", "ours"].map((name) => folder.join(name)) as [string, string];
  const args = (file: string) => ["record", "-f", format, "-o", file, "-d", "1", "-r", "20", ...options, "--pid", String(target.pid)];
  run([theirPath as string], args(files[0]));
  run([process.execPath, main()], args(files[1]));
  return { theirs: readFileSync(files[0], "utf8"), ours: readFileSync(files[1], "utf8") };
}

// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

/** Without what we add after py-spy's fields, and without names of threads for a Python where py-spy has none. */
function asTheirs(traces: Json[], python: Python): object[] {
  return traces.map(({ pyspy: _pyspy, ...trace }) => ({ ...trace, thread_name: hasNoNames(python) ? null : trace.thread_name }));
}

/** Of each trace, in their order. */
function keysOf(json: string): string[][] {
  return (JSON.parse(json) as Json[]).map((trace) => Object.keys(trace as object));
}

/** The same of text, raw stacks and names of speedscope's profiles. */
function unnamed(text: string, python: Python): string {
  return hasNoNames(python) ? text.replaceAll(/^(Thread \S+ \(.*\)): ".*"$/gm, "$1").replaceAll(/^(thread \(\d+\)): [^;]*/gm, "$1").replaceAll(/("name":"Thread \d+) \\".*?\\""/g, '$1 \\"\\""') : text;
}

function hasNoNames({ version }: Python): boolean {
  return version.major === 2;
}

/** Stacks of raw text, without their counts. */
function stacks(text: string): string[] {
  return text.trimEnd().split("\n").map((line) => line.replace(/ \d+$/, "")).toSorted();
}

/** What speedscope files say, apart from times, idle ones among them, the title and the order of frames. */
function speedscope(text: string): object {
  const { $schema, profiles, shared } = JSON.parse(text) as Json;
  const frames = shared.frames.map((frame: object) => JSON.stringify(frame));
  const keys = new Set(shared.frames.map((frame: object) => Object.keys(frame).join()));
  const seen = profiles.map((profile: Json) => {
    const of = new Set(profile.samples.map((sample: number[]) => sample.map((index) => frames[index]).join(";")));
    return { name: profile.name, type: profile.type, unit: profile.unit, startValue: profile.startValue, stacks: [...of].filter((stack) => stack !== ""), keys: Object.keys(profile).toSorted() };
  });
  return { $schema, keys: [...keys], profiles: seen };
}

/** Each kind of event of a chrome trace that opens a frame; ours have more kinds of events, and more arguments. */
function openings(text: string): string[] {
  const parsed = JSON.parse(text) as Json;
  const events = (Array.isArray(parsed) ? parsed : parsed.traceEvents) as Json[];
  return [...new Set(events.filter(({ ph }) => ph === "B").map(({ name, args, pid }) => JSON.stringify([name, args.filename, args.line, pid])))].toSorted();
}

describe.skipIf(!theirPath).each(each(read))(`beside py-spy${without}, on %s`, (_label, python) => {
  for (const [program, args] of PROGRAMS) {
    const reason = whyNot(python, program);
    it.skipIf(reason !== "")(`dump is equal for ${program}${reason && ` [${reason}]`}`, async () => {
      await using target = await startTarget(python, program, args);
      for (const options of [[], ["--full-filenames"]]) {
        const { theirs, ours } = both("dump", ...options, "--pid", String(target.pid));
        expect(unnamed(ours, python)).toBe(theirs);
      }
      const { theirs, ours } = both("dump", "--json", "--pid", String(target.pid));
      expect(asTheirs(JSON.parse(ours) as Json[], python)).toEqual(JSON.parse(theirs));
      expect(keysOf(ours)).toEqual(keysOf(theirs).map((inOrder) => inOrder.concat("pyspy")));
    });
  }

  it("record is equal in each format", async () => {
    await using target = await startTarget(python, "still.py", [6]);
    for (const options of [["-i"], ["-itF"], ["-i", "-t", "--nolineno"], ["-i", "--full-filenames"]]) {
      const { theirs, ours } = recorded(target, "raw", ...options);
      expect(stacks(unnamed(ours, python)), options.join(" ")).toEqual(stacks(theirs));
    }
    const scopes = recorded(target, "speedscope", "-i");
    expect(speedscope(unnamed(scopes.ours, python))).toEqual(speedscope(scopes.theirs));
    const traces = recorded(target, "chrometrace", "-i");
    expect(openings(traces.ours)).toEqual(openings(traces.theirs));
  });
});

describe.skipIf(!theirPath)(`where py-spy is wrong${without}`, () => {
  it.each(each(from(11)))("lines are those of the program: %s", async (_label, python) => {
    await using target = await startTarget(python, "multiline.py");
    const { theirs, ours } = both("dump", "--json", "--full-filenames", "--pid", String(target.pid));
    expect(places(JSON.parse(ours) as Json[])).toEqual(said(target.ready.threads));
    expect(places(JSON.parse(theirs) as Json[])).not.toEqual(said(target.ready.threads));
  });

  it.each(each(from(11, 13)))("there is no frame __init__ (__init__): %s", async (_label, python) => {
    using folder = new Folder();
    const [command = "", ...before] = python.command;
    const text = "import signal\nsignal.alarm(60)\nclass C:\n  def __init__(self): self.x = [0] * 1000\nprint('ready', flush=True)\nwhile True: C()";
    await using program = new Running(command, [...before, "-c", text]);
    await program.until(/ready/);
    const record = (by: readonly string[], file: string) => {
      run(by, ["record", "-f", "raw", "-o", file, "-d", "1", "--pid", String(program.child.pid)]);
      return readFileSync(file, "utf8");
    };
    const ours = record([process.execPath, main()], folder.join("ours"));
    expect(ours).toContain("<module> (<string>:");
    expect(ours).not.toContain("__init__ (__init__)");
    expect(record([theirPath as string], folder.join("theirs")).includes("__init__ (__init__)")).toBe(python.version.minor === 13);
  });

  it.each(each(from(8)))("all interpreters are seen: %s", async (_label, python) => {
    await using target = await startTarget(python, "subinterpreter.py");
    const { theirs, ours } = both("dump", "--json", "--full-filenames", "--pid", String(target.pid));
    expect(places(JSON.parse(ours) as Json[])).toEqual(said(target.ready.threads));
    expect(places(JSON.parse(theirs) as Json[])).not.toEqual(said(target.ready.threads));
    expect(stacks(recorded(target, "raw", "-i").ours).filter((stack) => stack.trim() === "")).toEqual([]);
  });

  it.each(each(read))(`a stack of 10,000 frames is whole: %s`, async (_label, python) => {
    await using target = await startTarget(python, "deep.py", [DEEP]);
    expect(spawnSync(theirPath as string, ["dump", "--pid", String(target.pid)], { encoding: "utf8", timeout: 60_000 }).status).toBe(1);
    const text = run([process.execPath, main()], ["dump", "--pid", String(target.pid)]);
    expect(text.match(/^ {4}dive \(deep\.py:\d+\)$/gm)).toHaveLength(DEEP);
  });

  it.each(each(read.filter(hasNoNames)))("threads have their names: %s", async (_label, python) => {
    await using target = await startTarget(python, "threads.py", [2]);
    const { theirs, ours } = both("dump", "--json", "--pid", String(target.pid));
    expect(names(ours)).toEqual(target.ready.threads.map(({ name }) => name).toSorted());
    expect(new Set(names(theirs))).toEqual(new Set([null]));
  });

  it.each(each(from(6, 10)))("--nonblocking tells idle threads: %s", async (_label, python) => {
    await using target = await startTarget(python, "still.py");
    const { theirs, ours } = both("dump", "--nonblocking", "--pid", String(target.pid));
    expect(ours).toContain(`\nThread ${target.pid} (idle): "MainThread"\n`);
    expect(theirs).toMatch(/\nThread 0x[0-9A-F]+ \(active\): "MainThread"\n/);
  });
});

describe("the list of py-spy's defects", () => {
  it.each(Object.entries<PySpyDefect>(pySpyDefects))("%s has a test that shows us right", (_name, { test: [file, title] }) => {
    const path = join(workspaceRoot, "packages", file);
    expect(existsSync(path), path).toBe(true);
    expect(readFileSync(path, "utf8").includes(title), title).toBe(true);
  });
});

/** Frames of each thread, in an order that does not depend on that of threads. */
function places(traces: Json[]): string[] {
  return traces.map(({ frames }) => frames.map(({ name, filename, line }: Json) => `${name} ${filename} ${line}`).join("\n")).toSorted();
}

function names(text: string): (string | null)[] {
  return (JSON.parse(text) as Json[]).map(({ thread_name }) => thread_name as string | null).toSorted();
}

function said(threads: readonly ReadyThread[]): string[] {
  return threads.map(({ frames }) => frames.map(({ name, file, line }) => `${name} ${file} ${line}`).join("\n")).toSorted();
}
