import { readFileSync } from "node:fs";
import { join } from "node:path";

import { workspaceRoot } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { Folder } from "./folder.ts";
import { pyspy } from "./pyspy.ts";

describe("help", () => {
  it("is on stderr, as an error, without arguments", async () => {
    const { status, stdout, stderr } = await pyspy([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: pyspy \[options\] \[command\]\n/);
  });

  it.each([["--help"], ["-h"], ["help"]])("is on stdout when asked for by %s", async (...args) => {
    const { status, stdout, stderr } = await pyspy(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: pyspy \[options\] \[command\]\n/);
  });

  it("is in colours where they are wanted", async () => {
    const { stdout } = await pyspy(["record", "--help"], { env: { FORCE_COLOR: "1" } });
    expect(stdout).toContain("\u001b[33mUsage:\u001b[0m \u001b[32mpyspy");
    expect(stdout).toContain("\u001b[32m-p, --pid <pid>\u001b[0m");
  });

  it.each([["record", "--help"], ["rec", "-h"], ["help", "r"], ["record", "python", "x.py", "-h"]])("of record: %s %s", async (...args) => {
    const { status, stdout } = await pyspy(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: pyspy record \[options\] \[python_program\.\.\.\]\n/);
    for (const option of ["--pid", "--output", "--format", "--duration", "--rate", "--idle", "--gil", "--blocking"]) expect(stdout).toContain(option);
    expect(stdout).not.toMatch(/--native|--capture/);
  });
});

it.each([["-V"], ["--version"]])("%s says the version", async (option) => {
  const { version } = JSON.parse(readFileSync(join(workspaceRoot, "packages/cli/package.json"), "utf8")) as { version: string };
  expect(await pyspy([option])).toEqual({ status: 0, signal: null, stdout: `pyspy ${version}\n`, stderr: "" });
});

describe("a wrong command line ends with 2 and says what is right", () => {
  it.each([
    [["nope"], "unknown command 'nope'", "record, top, dump, completions, help, doctor"],
    [["--nope"], "unknown option '--nope'", "--help"],
    [["record", "-V"], "unknown option '-V'", "--help"],
    [["record"], "nothing to record", "--pid PID"],
    [["record", "-p"], "argument missing", "--pid"],
    [["record", "-p", "abc"], "'abc'", "hexadecimal"],
    [["record", "-r", "0", "x"], "'0'", "more than 0"],
    [["record", "-d", "xyz", "x"], "'xyz'", "500ms"],
    [["record", "-f", "pprof", "x"], "'pprof'", "flamegraph, raw, speedscope, chrometrace"],
    [["record", "-o", "-d", "1", "x"], "'-d'", "file name"],
    [["record", "--blocking", "--nonblocking", "x"], "'--blocking'", "'--nonblocking'"],
    [["record", "python", "-c", "pass"], "unknown option '-c'", "record -- python"],
    [["dump"], "'-p, --pid <pid>'", "not specified"],
    [["dump", "-p", "1", "x"], "too many arguments", "Expected 0"],
  ])("%j", async (args, what, right) => {
    const { status, stdout, stderr } = await pyspy(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(what);
    expect(stderr).toContain(right);
  });
});

describe("what py-spy has and we have not yet is refused by name, with 1", () => {
  it.each([
    [["record", "-ns", "x"], "--native"],
    [["dump", "--native"], "--native"], [["dump", "--core", "f"], "--core"], [["top", "-n", "-p", "1"], "--native"],
  ])("%j", async (args, name) => {
    const { status, stdout, stderr } = await pyspy(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^Error: .*${name}: this (option|command) of py-spy is not supported yet\n$`));
  });
});

it("refuses --function with --nolineno before it does anything", async () => {
  using folder = new Folder();
  const { status, stderr } = await pyspy(["record", "-F", "--nolineno", "-o", folder.join("x.svg"), "--", "touch", folder.join("started")]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: "Error: --function and --nolineno can't be used together\n" });
  expect(folder.names()).toEqual([]);
});
