import { describe, expect, it } from "vitest";

import { advise } from "../src/advice.ts";
import { expandCommand } from "../src/command-prefix.ts";
import { frameLine, threadLine } from "../src/dump-text.ts";
import { exitText } from "../src/exit-status.ts";
import { outputName } from "../src/output-name.ts";
import { progressText } from "../src/progress-line.ts";
import { styleFor } from "../src/style.ts";
import { visible } from "../src/visible.ts";

describe("a shortened command", () => {
  it.each([
    [["r"], ["record"]], [["rec", "-d", "1"], ["record", "-d", "1"]], [["d", "r"], ["dump", "r"]], [["h", "r"], ["help", "record"]],
    [["t"], ["top"]], [["x"], ["x"]], [["recordx"], ["recordx"]], [["-h"], ["-h"]], [[], []], [[""], [""]], [["help"], ["help"]],
  ])("%j is %j", (args, expanded) => expect(expandCommand(args)).toEqual(expanded));
});

describe("the progress line", () => {
  const progress = { ticks: 1230, samples: 2460, errors: 0, torn: 0, late: 0, skipped: 0, threads: 2, pausedTime: 0, processes: { recorded: 1, others: 0, unread: 0, unseen: 0 } };
  it("says how long, how much, how fast", () => {
    expect(progressText(progress, 12.34, Infinity)).toBe("12.3s  2460 samples  100/s  0 errors  2 threads");
  });
  it("says of how long", () => {
    expect(progressText({ ...progress, samples: 1, errors: 1, threads: 1 }, 12.34, 30)).toBe("12.3s of 30s  1 sample  100/s  1 error  1 thread");
  });
  it("waits", () => expect(progressText({ ...progress, ticks: 0 }, 0, 30)).toBe("Waiting for Python to start"));
});

it("a file is named after the program and the time", () => {
  expect(outputName("python3", "svg", new Date(2026, 0, 2, 3, 4, 5))).toBe("python3-2026-01-02T03-04-05.svg");
});

function isColoured(isTerminal: boolean, env: Record<string, string>): boolean {
  return styleFor(isTerminal, env).name("x") !== "x";
}

describe("colours", () => {
  it.each([
    [true, {}, true], [false, {}, false],
    [true, { NO_COLOR: "1" }, false], [true, { NO_COLOR: "" }, true], [true, { CLICOLOR: "0" }, false], [true, { CLICOLOR: "1" }, true],
    [false, { CLICOLOR: "1" }, false], [false, { CLICOLOR_FORCE: "1" }, true], [false, { CLICOLOR_FORCE: "1", NO_COLOR: "1" }, true],
    [false, { FORCE_COLOR: "1" }, true], [true, { FORCE_COLOR: "0" }, false], [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true], [true, { FORCE_COLOR: "" }, true],
    [false, { CLICOLOR_FORCE: "0" }, false], [true, { CLICOLOR_FORCE: "0", NO_COLOR: "1" }, false],
  ])("on a terminal: %s, with %j: %s", (isTerminal, env, expected) => expect(isColoured(isTerminal, env)).toBe(expected));
  it("are those of py-spy", () => {
    expect(styleFor(true, {}).pid("7")).toBe("\u001b[33m\u001b[1m7\u001b[0m");
  });
});

describe("the dump's lines", () => {
  const plain = styleFor(false, {});
  const thread = { interpreter: 0, threadId: 0x7f01, osThreadId: 7, name: "busy", active: true, holdsGil: true, exact: true, frames: [] };
  it.each([
    [thread, 'Thread 7 (active+gil): "busy"'],
    [{ ...thread, holdsGil: false, name: "" }, "Thread 7 (active)"],
    [{ ...thread, active: false, osThreadId: 0 }, 'Thread 0x7F01 (idle): "busy"'],
    [{ ...thread, interpreter: 2 }, 'Thread 7 (active+gil) in interpreter 2: "busy"'],
    [{ ...thread, name: "a\u001b[2Jb" }, 'Thread 7 (active+gil): "a\\u001b[2Jb"'],
  ])("of a thread %#", (stack, line) => expect(threadLine(stack, plain)).toBe(line));

  const frame = { name: "f", qualifiedName: "", file: "/usr/lib/json/x.py", shortFile: "json/x.py", line: 3, column: 0, firstLine: 1 };
  it("of a frame", () => {
    expect(frameLine(frame, false, plain)).toBe("    f (json/x.py:3)");
    expect(frameLine(frame, true, plain)).toBe("    f (/usr/lib/json/x.py:3)");
    expect(frameLine({ ...frame, line: 0 }, false, plain)).toBe("    f (json/x.py)");
  });
});

it("control characters are made visible", () => {
  expect(visible("a\nb\tc\u0000\u009bé\u202e漢")).toBe("a\\nb\\tc\\u0000\\u009bé\\u202e漢");
});

it("how a program ended", () => {
  expect([exitText({ code: 3 }), exitText({ signal: "SIG35" })]).toEqual(["exit status 3", "SIG35"]);
});

function coded(code: string): Error {
  return Object.assign(new Error("fact"), { code });
}

describe("advice", () => {
  it("follows the fact", async () => expect(await advise(coded("not-python"))).toMatch(/^fact\n.*CPython/));
  it("is also there for what the recording thread reports", async () => {
    expect(await advise(Object.assign(new Error("fact"), { failure: { name: "ProcessError", code: "no-such-process", message: "fact" } }))).toMatch(/^fact\n.*\nCheck the process id/);
  });
  it("is not there for what is unknown", async () => expect(await advise(coded("constructor"))).toBe("fact"));
  it("of a bug is its place", async () => expect(await advise(new TypeError("x is undefined"))).toMatch(/^TypeError: x is undefined\n +at /));
});
