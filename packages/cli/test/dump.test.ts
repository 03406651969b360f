import { spawnSync } from "node:child_process";

import { anyPython, pythons, startTarget, type Target } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "./built.ts";
import { pyspy } from "./pyspy.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

let still: Target;

beforeAll(async () => {
  still = await startTarget(anyPython(), "still.py", [4]);
});
afterAll(() => still?.stop());

describe("a dump", () => {
  it("is what the program knows of itself", async () => {
    const { status, stdout, stderr } = await pyspy(["dump", "--pid", still.pid]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { frames } = still.ready.threads[0]!;
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(new RegExp(`^Process ${still.pid}: .*python.* .*/still\\.py 4$`));
    expect(lines[1]).toMatch(/^Python v3\.\d+\.\d+ \(\/.*\)$/);
    expect(lines.slice(2)).toEqual([
      "", `Thread ${still.pid} (idle): "MainThread"`,
      ...frames.map(({ name, file, line }) => `    ${name} (${file.replace(/^.*\//, "")}:${line})`), "",
    ]);
  });

  it("has full paths with --full-filenames", async () => {
    const { stdout } = await pyspy(["dump", "--full-filenames", "-p", `0x${still.pid.toString(16)}`]);
    for (const { name, file, line } of still.ready.threads[0]!.frames) expect(stdout).toContain(`    ${name} (${file}:${line})\n`);
  });

  it.each(["--blocking", "--nonblocking"])("is the same with %s", async (option) => {
    expect(await pyspy(["dump", option, "-p", still.pid])).toEqual(await pyspy(["dump", "-p", still.pid]));
  });

  it("is coloured where that is wished", async () => {
    const { stdout } = await pyspy(["d", "-p", still.pid], { env: { CLICOLOR_FORCE: "1" } });
    expect(stdout).toContain(`Process \u001b[33m\u001b[1m${still.pid}\u001b[0m: `);
    const { line } = still.ready.threads[0]!.frames.find(({ name }) => name === "ping")!;
    expect(stdout).toContain(`\n    \u001b[32mping\u001b[0m (\u001b[36mstill.py\u001b[0m:\u001b[2m${line}\u001b[0m)\n`);
  });

  it("tells threads apart", async () => {
    await using threads = await startTarget(anyPython(), "threads.py");
    const { stdout } = await pyspy(["dump", "-p", threads.pid]);
    for (const { name, nativeId, running } of threads.ready.threads) {
      expect(stdout).toMatch(new RegExp(`^Thread ${nativeId} \\(${running ? "active(\\+gil)?" : "idle"}\\): ${JSON.stringify(name)}$`, "m"));
    }
  });

  it("ends quietly when its reader has gone", async () => {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", `{ "$@"; echo "$?" >&2; } | true`, "sh", process.execPath, main(), "dump", "-p", String(still.pid)], { encoding: "utf8", timeout: 30_000 });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "141\n" });
  });

  it("says that the device is full", () => {
    const { stderr } = spawnSync("/bin/sh", ["-c", `"$@" > /dev/full; echo "$?" >&2`, "sh", process.execPath, main(), "dump", "-p", String(still.pid)], { encoding: "utf8", timeout: 30_000 });
    expect(stderr).toBe("Error: cannot write to standard output: no space left on device\n1\n");
  });
});

describe("a process that cannot be dumped", () => {
  it("because there is none", async () => {
    const { status, stdout, stderr } = await pyspy(["dump", "-p", "2147483647"]);
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: "", stderr: expect.stringMatching(/^Error: no process 2147483647\n.*\nCheck the process id.*\n$/) });
  });

  it("because it is not Python", async () => {
    const { status, stderr } = await pyspy(["dump", "-p", process.pid]);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Error: no Python interpreter found in process ${process.pid}\n[^]*CPython`));
  });

  it.skipIf(!isRoot)("because it is somebody else's [needs root]", async () => {
    const { status, stdout, stderr } = await pyspy(["dump", "-p", still.pid], { uid: NOBODY });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^Error: .*\nThe process runs as user 0 and pyspy as user 65534.*\n.*sudo/);
  });

});

const oldest = pythons().find(({ version, root }) => version.major === 2 && root === "");

it.skipIf(!oldest)("Python 2.7 is read with its variables [needs Python 2.7]", async () => {
  await using target = await startTarget(oldest!, "locals.py");
  const { status, stdout } = await pyspy(["dump", "-l", "-p", target.pid]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Python v2\.7\.\d+ /m);
  const lines = stdout.split("\n").map((line) => line.trim());
  expect(lines).toEqual(expect.arrayContaining([
    'argument: "argument"', "rest: (1, 2)", 'options: {"option": 3}', "big: 12345678901234567890L", "real: 1.5",
    'text: "text"', 'wide: u"\u51fd\u6570 \u{1f600}"', 'raw: "bytes\\x00\\xff"', 'pair: (1, "two")', 'table: {"key": "value"}', "thing: <type 'object'>",
  ]));
});
