import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../src/command-line.ts";
import { commandModel, SHELLS } from "../src/completions/command-model.ts";
import { completionScript, type Shell } from "../src/completions/completions.ts";
import { tree } from "./completions-tree.ts";

const FORMATS = ["flamegraph", "raw", "speedscope", "chrometrace"];
const has = (command: string) => spawnSync(command, ["--version"], { stdio: "ignore", timeout: 10_000 }).error === undefined;
const [hasBash, hasZsh, hasFish, hasElvish, hasPowershell] = ["bash", "zsh", "fish", "elvish", "pwsh"].map((shell) =>
  shell === "elvish" ? spawnSync(shell, ["-version"], { stdio: "ignore", timeout: 10_000 }).status === 0 : has(shell),
);
const hasTmux = spawnSync("tmux", ["-V"], { stdio: "ignore", timeout: 10_000 }).status === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pyspy-completions-"));
  mkdirSync(join(folder, "work"));
  for (const name of ["profile one.svg", "trace.svg"]) writeFileSync(join(folder, "work", name), "");
  for (const shell of SHELLS) writeFileSync(scriptPath(shell), completionScript(shell, tree()));
  mkdirSync(join(folder, "zsh-functions"));
  writeFileSync(join(folder, "zsh-functions", "_pyspy"), completionScript("zsh", tree()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the model", () => {
  it("leaves out what is hidden; a beginning that py-spy's users know stays theirs", () => {
    const { commands } = commandModel(tree(), "pyspy");
    expect(commands.map(({ name }) => name)).toEqual(["record", "report", "dump", "finish", "help"]);
    expect(commands[0]?.prefixes).toEqual(["record", "recor", "reco", "rec", "re", "r"]);
    expect(commands[1]?.prefixes).toEqual(["report", "repor", "repo", "rep"]);
    expect(commands[2]?.prefixes).toEqual(["dump", "dum", "du", "d"]);
    expect(commands[0]?.options.map(({ long }) => long)).toEqual(["--pid", "--output", "--format", "--function", "--rate", "--color", "--help"]);
    expect(commands.map(({ argument }) => argument)).toEqual(["program", "none", "none", ["bash", "zsh"], ["record", "report", "dump", "finish"]]);
  });
});

describe("every script", () => {
  const checks: readonly (readonly [Shell, boolean | undefined, readonly string[]])[] = [
    ["bash", hasBash, ["bash", "-n"]],
    ["zsh", hasZsh, ["zsh", "-n"]],
    ["fish", hasFish, ["fish", "--no-execute"]],
    ["powershell", hasPowershell, ["pwsh", "-NoProfile", "-File"]],
  ];
  for (const [shell, isThere, [command, ...args]] of checks) {
    it.skipIf(!isThere)(`of the real command line is right for ${shell} [needs ${command}]`, () => {
      const path = join(folder, `real.${shell}`);
      writeFileSync(path, completionScript(shell, commandLine()));
      const { status, stderr } = spawnSync(command as string, [...args, path], { encoding: "utf8", timeout: 30_000 });
      expect(stderr).toBe("");
      expect(status).toBe(0);
    });
  }

  it("has every option of the real command line", () => {
    const options = visibleOptions(commandLine());
    expect(options).toContain("--pid");
    for (const shell of SHELLS) {
      const script = completionScript(shell, commandLine());
      for (const option of options) expect(script, `${option} for ${shell}`).toContain(shell === "fish" ? ` -l ${option.slice(2)} ` : option);
    }
  });

  it("is for the name that is given, and only for names", () => {
    for (const shell of SHELLS) expect(completionScript(shell, tree(), "py-spy")).toMatch(/^(#compdef py-spy|# Completions of py-spy for)/);
    expect(completionScript("bash", tree(), "py-spy")).toMatch(/\ncomplete -F _py_spy py-spy\n$/);
    for (const name of ["", "-x", "a b", "a;b", "$(a)", "a/b"]) expect(() => completionScript("bash", tree(), name)).toThrow("is no name of a command");
  });
});

/** What follows the words, the last of which is being typed. */
const CASES: readonly (readonly [words: readonly string[], replies: readonly string[]])[] = [
  [[""], ["dump", "finish", "help", "record", "report"]],
  [["re"], ["record", "report"]],
  [["--v"], ["--version"]],
  [["record", "--fo"], ["--format"]],
  [["rec", "--f"], ["--format", "--function"]],
  [["record", "-f", ""], FORMATS],
  [["record", "--format", "s"], ["speedscope"]],
  [["record", "-F", "--col"], ["--color"]],
  [["record", "--color", ""], ["always", "never"]],
  [["record", "-r", "1", "--fo"], ["--format"]],
  [["record", "--sec"], []],
  [["dump", "--p"], ["--pid"]],
  [["report", "--core", "--h"], ["--help"]],
  [["finish", ""], ["bash", "zsh"]],
  [["help", "re"], ["record", "report"]],
  [["comp"], []],
  [["record", "-o", "prof"], ["profile one.svg"]],
  [["record", "--", "cat", "prof"], ["profile one.svg"]],
  [["record", "cat", "--fo"], []],
];

describe("bash", () => {
  it.skipIf(!hasBash).each(CASES)("completes %j to %j [needs bash]", (words, replies) => {
    expect(bash(words)).toEqual([...replies].sort());
  });

  it.skipIf(!hasBash)("completes the value behind an equals sign, which bash makes a word of its own, or not [needs bash]", () => {
    expect(bash(["record", "--format", "=", "s"])).toEqual(["speedscope"]);
    expect(bash(["record", "--format", "="])).toEqual([...FORMATS].sort());
    expect(bash(["record", "--format=s"])).toEqual(["--format=speedscope"]);
    expect(bash(["record", "--format", "=", "raw", "--fu"])).toEqual(["--function"]);
  });

  it.skipIf(!hasBash)("completes pids and programs [needs bash]", () => {
    expect(bash(["dump", "-p", ""])).toContain(String(process.pid));
    expect(bash(["record", "--pid", String(process.pid)])).toContain(String(process.pid));
    expect(bash(["record", "bas"])).toContain("bash");
    expect(bash(["record", "--", "bas"])).toContain("bash");
  });
});

describe("fish", () => {
  it.skipIf(!hasFish).each(CASES)("completes %j to %j [needs fish]", (words, replies) => {
    expect(fish(words)).toEqual([...replies].sort());
  });

  it.skipIf(!hasFish)("completes pids [needs fish]", () => {
    expect(fish(["dump", "-p", String(process.pid)])).toContain(String(process.pid));
  });
});

/** What is typed, Tab as \t, and what the line is then. */
const TYPED: readonly (readonly [string, string])[] = [
  ["pyspy rec --for\t", "pyspy rec --format"],
  ["pyspy record -f spee\t", "pyspy record -f speedscope"],
  ["pyspy d --pi\t", "pyspy d --pid"],
  ["pyspy fini\t", "pyspy finish"],
  ["pyspy finish zs\t", "pyspy finish zsh"],
  ["pyspy help du\t", "pyspy help dump"],
  ["pyspy record -o trac\t", "pyspy record -o trace.svg"],
  ["pyspy record -- cat trac\t", "pyspy record -- cat trace.svg"],
];

describe("in a terminal", () => {
  it.skipIf(!hasZsh || !hasTmux)("zsh completes, from a folder of functions [needs zsh, tmux]", async () => {
    const start = `PS1='> '; fpath=(${folder}/zsh-functions $fpath); autoload -U compinit; compinit -D -u; echo rea''dy`;
    await type(["zsh", "-f"], start);
  });

  it.skipIf(!hasZsh || !hasTmux)("zsh completes, from a script that is sourced [needs zsh, tmux]", async () => {
    await type(["zsh", "-f"], `PS1='> '; autoload -U compinit; compinit -D -u; source ${scriptPath("zsh")}; echo rea''dy`);
  });

  it.skipIf(!hasElvish || !hasTmux)("elvish completes [needs elvish, tmux]", async () => {
    await type(["elvish", "-norc"], `set edit:prompt = { put '> ' }; eval (slurp < ${scriptPath("elvish")}); echo rea''dy`);
  });
});

describe("PowerShell", () => {
  it("gets the script that was looked at", async () => {
    await expect(completionScript("powershell", tree())).toMatchFileSnapshot(join(import.meta.dirname, "completions.golden.ps1"));
  });
});

function scriptPath(shell: Shell): string {
  return join(folder, `pyspy.${shell}`);
}

function visibleOptions(root: Command): string[] {
  const help = root.createHelp();
  return help.visibleCommands(root).flatMap((command) => help.visibleOptions(command).map(({ long }) => long ?? ""));
}

function bash(words: readonly string[]): string[] {
  const script = 'source "$1"; shift; COMP_WORDS=(pyspy "$@"); COMP_CWORD=$#; _pyspy; printf "%s\\n" "${COMPREPLY[@]}"';
  return lines("bash", ["--norc", "-c", script, "bash", scriptPath("bash"), ...words]);
}

function fish(words: readonly string[]): string[] {
  const replies = lines("fish", ["--no-config", "-c", `source ${scriptPath("fish")}; complete -C "pyspy ${words.join(" ")}"`]);
  return replies.map((line) => (line.split("\t")[0] as string).replaceAll("\\ ", " ")).sort();
}

function lines(command: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(command, args, { encoding: "utf8", cwd: join(folder, "work"), timeout: 20_000 });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "").sort();
}

let servers = 0;

/** Types each line into a shell in a terminal of its own, and waits for what becomes of it. */
async function type(shell: readonly string[], start: string): Promise<void> {
  // A server of its own: one that has been told to end is still there for a moment.
  const socket = join(folder, `tmux-${servers++}`);
  const tmux = (...args: string[]) => spawnSync("tmux", ["-S", socket, ...args], { encoding: "utf8", timeout: 10_000, env: { ...process.env, TERM: "xterm", HOME: folder } });
  const screen = () => tmux("capture-pane", "-p", "-t", "0").stdout;
  tmux("-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "50", "-c", join(folder, "work"), ...shell);
  try {
    tmux("send-keys", "-l", start);
    tmux("send-keys", "Enter");
    await until(() => /^ready$/m.test(screen()), screen);
    for (const [typed, line] of TYPED) {
      // What is typed before the shell edits the line is not completed.
      await until(() => isPrompt(screen()), screen);
      tmux("send-keys", "-l", typed);
      await until(() => screen().includes(line), screen);
      tmux("send-keys", "C-c");
    }
  } finally {
    tmux("kill-server");
  }
}

/** Whether the last line is an empty prompt; elvish has one on the right as well. */
function isPrompt(screen: string): boolean {
  return /^>(?: +\S+@\S+)?$/.test(screen.trimEnd().split("\n").at(-1) ?? "");
}

async function until(condition: () => boolean, screen: () => string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`the screen stays\n${screen()}`);
    await delay(30);
  }
}
