import { openProcess } from "@pyspy/process";
import { attach, formatVersion, type PythonFrame, readStacks, type ThreadStack } from "@pyspy/sampler";
import { anyPython, startTarget } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { dumpJson } from "../src/dump-json.ts";
import type { DumpedProcess } from "../src/dumped-process.ts";
import { localsLines } from "../src/dump-locals.ts";

const frame: PythonFrame = {
  name: "work",
  qualifiedName: "Job.work",
  file: "/app/pkg/job.py",
  shortFile: "pkg/job.py",
  line: 7,
  column: 3,
  firstLine: 5,
  entry: false,
  locals: [
    { name: "self", kind: "argument", address: 4096, repr: "<Job at 0x1000>" },
    { name: "n", kind: "local", address: 8192, repr: "1" },
    { name: "seen", kind: "cell", address: 12288, repr: "[]" },
    { name: "limit", kind: "free", address: 16384, repr: "?" },
  ],
};
const outermost: PythonFrame = { ...frame, name: "<module>", line: 0, entry: true, locals: [] };
const stack: ThreadStack = {
  interpreter: 0,
  threadId: 140603929250688,
  osThreadId: 41,
  name: "MainThread",
  active: true,
  holdsGil: true,
  exact: true,
  frames: [frame, outermost],
};
const process: DumpedProcess = { pid: 40, commandLine: ["python", "a b.py"], executable: "/usr/bin/python3", version: "3.12.1", hasShims: true, stacks: [stack] };
const options = { fullFilenames: false, time: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)) };

describe("dump --json", () => {
  it("is an array of traces with py-spy's fields in its order", () => {
    const text = dumpJson([{ ...process, stacks: [{ ...stack, frames: [{ ...frame, locals: frame.locals?.slice(0, 1) ?? [] }] }] }], options);
    expect(text).toBe(`[
  {
    "pid": 40,
    "thread_id": 140603929250688,
    "thread_name": "MainThread",
    "os_thread_id": 41,
    "active": true,
    "owns_gil": true,
    "frames": [
      {
        "name": "work",
        "filename": "/app/pkg/job.py",
        "module": null,
        "short_filename": "pkg/job.py",
        "line": 7,
        "locals": [
          {
            "name": "self",
            "addr": 4096,
            "arg": true,
            "repr": "<Job at 0x1000>"
          }
        ],
        "is_entry": false,
        "is_shim_entry": true
      }
    ],
    "process_info": null,
    "pyspy": {
      "schema": 1,
      "python_version": "3.12.1",
      "command_line": [
        "python",
        "a b.py"
      ],
      "time": "2026-01-02T03:04:05.678Z",
      "interpreter": 0,
      "exact": true
    }
  }
]`);
  });

  it("marks variables that py-spy does not show", () => {
    expect(parsed([process])[0].frames[0].locals).toEqual([
      { name: "self", addr: 4096, arg: true, repr: "<Job at 0x1000>" },
      { name: "n", addr: 8192, arg: false, repr: "1" },
      { name: "seen", addr: 12288, arg: false, repr: "[]", kind: "cell" },
      { name: "limit", addr: 16384, arg: false, repr: "?", kind: "free" },
    ]);
  });

  it("has null for what is not known or not asked for", () => {
    const { locals: _, ...plain } = frame;
    const [trace] = parsed([{ ...process, stacks: [{ ...stack, name: "", osThreadId: 0, frames: [plain] }] }]);
    expect(trace).toMatchObject({ thread_name: null, os_thread_id: null });
    expect(trace.frames[0].locals).toBeNull();
  });

  it("has full names as short ones when asked for them", () => {
    const [trace] = JSON.parse(dumpJson([process], { ...options, fullFilenames: true }));
    expect(trace.frames[0].short_filename).toBe("/app/pkg/job.py");
  });

  it.each([
    [true, [[false, false], [false, true]]],
    [false, [[false, false], [true, true]]],
  ])("tells entries of a Python with shims: %s", (hasShims, marks) => {
    const [trace] = parsed([{ ...process, hasShims }]);
    expect(trace.frames.map((f: { is_entry: boolean; is_shim_entry: boolean }) => [f.is_entry, f.is_shim_entry])).toEqual(marks);
  });

  it("says whose child a process is", () => {
    const parent = { pid: 40, commandLine: ["python", "a b.py"] };
    const [own, child] = parsed([process, { ...process, pid: 42, commandLine: ["worker"], parent }]);
    expect(own.process_info).toBeNull();
    expect(child).toMatchObject({ pid: 42, process_info: { pid: 42, command_line: "worker", parent: { pid: 40, command_line: "python a b.py", parent: null } } });
  });

  it("of a live process is what was read", async () => {
    await using target = await startTarget(anyPython(), "values.py");
    using live = openProcess(target.pid);
    const python = attach(live);
    const stacks = readStacks(python, { locals: { limit: 128 } });
    const hasShims = python.layout.traits.shimOwner !== undefined;
    const dumped = { pid: live.pid, commandLine: live.commandLine(), executable: live.executable(), version: formatVersion(python.version), hasShims, stacks };
    const [trace] = parsed([dumped]);
    expect(trace).toMatchObject({ pid: target.pid, thread_name: "MainThread", active: false, owns_gil: false });
    const holder = trace.frames.find((f: { name: string }) => f.name === "holder");
    expect(holder.locals.find((local: { name: string }) => local.name === "keyword")).toMatchObject({ arg: true, repr: '"k"' });
    expect(trace.frames.at(-1)).toMatchObject({ name: "<module>", locals: [], is_shim_entry: true });
  });
});

describe("variables below a frame", () => {
  it("are grouped by kind", () => {
    expect(localsLines(frame, (text) => `~${text}~`)).toEqual([
      "        ~Arguments:~",
      "            self: <Job at 0x1000>",
      "        ~Locals:~",
      "            n: 1",
      "        ~Cell variables:~",
      "            seen: []",
      "        ~Free variables:~",
      "            limit: ?",
    ]);
  });

  it("are nothing where there are none", () => {
    expect(localsLines(outermost)).toEqual([]);
    const { locals: _, ...plain } = frame;
    expect(localsLines(plain)).toEqual([]);
  });

  it("do not steer the terminal", () => {
    const locals = [{ name: "a\nb", kind: "local", address: 8, repr: "<T\x1b[2J at 0x8>" }] as const;
    expect(localsLines({ ...frame, locals })[1]).toBe("            a\\nb: <T\\u001b[2J at 0x8>");
  });
});

// oxlint-disable-next-line typescript/no-explicit-any
function parsed(processes: readonly DumpedProcess[]): any[] {
  return JSON.parse(dumpJson(processes, options));
}
