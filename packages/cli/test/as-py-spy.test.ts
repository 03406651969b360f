import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { anyPython, startTarget, type Target } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "./built.ts";
import { Folder } from "./folder.ts";
import { poll, Running } from "./pyspy.ts";

// A link named py-spy that leads to us, first in the path, and scripts that know py-spy only.

let folder: Folder;
let busy: Target;
let program: string;

beforeAll(async () => {
  folder = new Folder();
  symlinkSync(main(), folder.join("py-spy"));
  program = folder.join("program.py");
  // Long enough to be recorded, and then at its end.
  writeFileSync(program, "import sys, time\ndef work():\n  end = time.process_time() + 1\n  while time.process_time() < end: pass\nwork()\nprint('args', sys.argv[1:])\n");
  busy = await startTarget(anyPython(), "busy.py");
});
afterAll(async () => {
  await busy?.stop();
  folder[Symbol.dispose]();
});

/** Runs a line of a script with `$PID`, `$PYTHON` and `$PROGRAM` set, in an empty folder of its own. */
function shell(line: string, cwd: string): { status: number | null; stdout: string; stderr: string } {
  const path = `${folder.path}:${dirname(process.execPath)}:${process.env["PATH"]}`;
  const env = { ...process.env, PATH: path, PID: String(busy.pid), PYTHON: anyPython().command.join(" "), PROGRAM: program, NODE_OPTIONS: "" };
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", line], { cwd, env, encoding: "utf8", timeout: 40_000 });
  return { status, stdout, stderr };
}

describe("as py-spy", () => {
  it("help, usage, version and messages have the name that was typed", () => {
    using empty = new Folder();
    expect(shell("py-spy --help", empty.path).stdout).toMatch(/^Usage: py-spy \[options\] \[command\]\n/);
    expect(shell("py-spy help record", empty.path).stdout).toMatch(/^Usage: py-spy record \[options\]/);
    expect(shell("py-spy --version", empty.path).stdout).toMatch(/^py-spy \d+\.\d+\.\d+\n$/);
    expect(shell("py-spy record", empty.path)).toMatchObject({ status: 2, stderr: expect.stringContaining("py-spy record -- python") as string });
    expect(shell("py-spy record -d 1 -o - -f raw -p $PID", empty.path).stderr).toMatch(/^py-spy> Sampling process 100 times a second for 1 seconds/);
    expect(shell("py-spy completions bash", empty.path).stdout).toMatch(/^complete .* py-spy$/m);
  });

  it("frames of speedscope files have the four keys that readers name", () => {
    using empty = new Folder();
    expect(shell("py-spy record --output p.json --format speedscope --duration 1 --idle --pid $PID", empty.path)).toMatchObject({ status: 0 });
    const { shared, profiles } = JSON.parse(readFileSync(empty.join("p.json"), "utf8")) as { shared: { frames: object[] }; profiles: { name: string }[] };
    expect(shared.frames.length).toBeGreaterThan(0);
    for (const frame of shared.frames) expect(Object.keys(frame)).toEqual(["name", "file", "line", "col"]);
    expect(profiles.map(({ name }) => name)).toEqual([`Thread ${busy.pid} "MainThread"`]);
  });

  it("dump --json is read by a reader that knows the old fields only, with their types", () => {
    using empty = new Folder();
    const { status, stdout } = shell("py-spy dump --json --locals --pid $PID", empty.path);
    expect(status).toBe(0);
    const traces = JSON.parse(stdout) as Record<string, unknown>[];
    expect(traces).toHaveLength(1);
    for (const trace of traces) expect(wrongFields(trace, TRACE)).toEqual([]);
    const frames = traces.flatMap((trace) => trace["frames"] as Record<string, unknown>[]);
    for (const frame of frames) expect(wrongFields(frame, FRAME)).toEqual([]);
    const locals = frames.flatMap((frame) => frame["locals"] as Record<string, unknown>[]);
    expect(locals.length).toBeGreaterThan(0);
    for (const local of locals) expect(wrongFields(local, LOCAL)).toEqual([]);
  });

  // Everything that its documentation shows, and each option in both forms.
  it.each([
    ["py-spy record -o profile.svg --pid $PID -d 1", "profile.svg"],
    ["py-spy record -o profile.svg -- $PYTHON $PROGRAM", "profile.svg"],
    ["py-spy record -p $PID -d 1", /^\d+-.*\.svg$/],
    ["py-spy record -d 1 -f raw -p $PID", /^\d+-.*\.txt$/],
    ["py-spy record --duration 1 --format speedscope --pid $PID", /^\d+-.*\.json$/],
    ["py-spy record -d 1 -f chrometrace -p $PID", /^\d+-.*\.json$/],
    ["py-spy record -d 1 -f FlameGraph -o p.svg -p $PID", "p.svg"],
    ["py-spy record -d 1 -r 200 -o p.svg -p $(printf 0x%x $PID)", "p.svg"],
    ["py-spy record --rate 50 --duration 1 -o p.svg -p $PID", "p.svg"],
    ["py-spy rec -d 1 -o p.svg -p $PID", "p.svg"],
    ["py-spy r -sFtgi -d 1 -o p.svg -p $PID", "p.svg"],
    ["py-spy record --subprocesses --function --threads --gil --idle -d 1 -o p.svg -p $PID", "p.svg"],
    ["py-spy record --nolineno --full-filenames --nonblocking --hideprogress -d 1 -o p.svg -p $PID", "p.svg"],
    ["py-spy record --capture -o p.svg -- $PYTHON $PROGRAM", "p.svg"],
    ["py-spy record --duration unlimited -o p.svg -- $PYTHON $PROGRAM --rate x -d 5", "p.svg"],
    ["py-spy record -o p.svg $PYTHON $PROGRAM", "p.svg"],
    ["py-spy record -d 1 -o p.svg -p $PID -- $PYTHON $PROGRAM", "p.svg"],
  ] as const)("%s", (line, file) => {
    using empty = new Folder();
    const { status, stderr } = shell(line, empty.path);
    expect(status, stderr).toBe(0);
    expect(empty.names()).toEqual([typeof file === "string" ? file : (expect.stringMatching(file) as string)]);
    expect(readFileSync(empty.join(empty.names()[0] as string), "utf8")).toMatch(/work|spin/);
  });

  it.each([
    "py-spy dump --pid $PID", "py-spy d -p $PID", "py-spy dump -p $(printf 0x%X $PID)", "py-spy dump --full-filenames --pid $PID", "py-spy dump --nonblocking -p $PID",
    "py-spy dump -s --pid $PID", "py-spy dump -l -p $PID", "py-spy dump -lll -p $PID", "py-spy dump --locals --locals -p $PID", "py-spy dump -sj -p $PID",
    "py-spy top --pid $PID | cat", "py-spy t -gis --rate 200 --delay 0.5 --full-filenames --nonblocking -p $PID | cat", "py-spy top -- $PYTHON $PROGRAM | cat",
  ])("%s", (line) => {
    using empty = new Folder();
    const { status, stdout, stderr } = shell(line, empty.path);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/work|spin/);
    expect(empty.names()).toEqual([]);
  });

  it.each(["bash", "zsh", "fish", "powershell", "elvish"])("py-spy completions %s", (name) => {
    using empty = new Folder();
    const { status, stdout } = shell(`py-spy completions ${name}`, empty.path);
    expect(status).toBe(0);
    expect(stdout).toContain("py-spy");
    expect(stdout).not.toContain("pyspy ");
  });

  it("Ctrl-C ends a recording with status 0", async () => {
    using empty = new Folder();
    const path = `${folder.path}:${dirname(process.execPath)}:${process.env["PATH"]}`;
    await using running = new Running("py-spy", ["record", "-o", "p.svg", "--pid", String(busy.pid)], { cwd: empty.path, env: { PATH: path } });
    await poll("samples", () => running.stdout.includes("Press Control-C to exit."));
    running.child.kill("SIGINT");
    expect(await running.end()).toMatchObject({ status: 0, stdout: expect.stringMatching(/\n\npy-spy> Stopped sampling because Control-C pressed\npy-spy> Wrote flamegraph data to 'p\.svg'\. Samples: \d+ Errors: 0\n/) as string });
  });
});

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isNull: Check = (value) => value === null;
const either = (...checks: readonly Check[]): Check => (value) => checks.some((check) => check(value));

const TRACE = { pid: isWhole, thread_id: isWhole, thread_name: either(isText, isNull), os_thread_id: either(isWhole, isNull), active: isFlag, owns_gil: isFlag, frames: Array.isArray, process_info: isNull };
const FRAME = {
  name: isText, filename: isText, module: either(isText, isNull), short_filename: either(isText, isNull), line: isWhole, locals: either(Array.isArray, isNull), is_entry: isFlag, is_shim_entry: isFlag,
};
const LOCAL = { name: isText, addr: isWhole, arg: isFlag, repr: either(isText, isNull) };

/** Fields that are missing or of another type. */
function wrongFields(value: Record<string, unknown>, fields: Readonly<Record<string, Check>>): string[] {
  return Object.entries(fields).filter(([name, check]) => !(name in value) || !check(value[name])).map(([name]) => name);
}
