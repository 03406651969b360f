import { readFileSync, writeFileSync } from "node:fs";

import { anyPython, startTarget, type Target } from "@pyspy/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Folder } from "./folder.ts";
import { poll } from "./pyspy.ts";
import { TopTerminal, whyNoTmux } from "./top-terminal.ts";

const why = whyNoTmux === "" ? "" : ` [${whyNoTmux}]`;
const delay = 0.2;

/** How many samples a screen tells of. */
function count(text: string): number {
  return Number(/Total Samples (\d+)/.exec(text)?.[1]);
}

/** Lines without the warning that a busy machine is due. */
function calm(terminal: TopTerminal): string[] {
  return terminal.lines().filter((line) => !line.startsWith("Late: "));
}

describe.skipIf(why)(`top in a terminal${why}`, () => {
  let target: Target;
  let folder: Folder;
  beforeAll(async () => {
    folder = new Folder();
    target = await startTarget(anyPython(), "threads.py", [2]);
  });
  afterAll(async () => {
    await target.stop();
    folder[Symbol.dispose]();
  });

  function start(columns = 100, rows = 24): TopTerminal {
    const terminal = new TopTerminal(columns, rows, folder.path);
    terminal.startTop({ pid: target.pid, delay });
    return terminal;
  }

  it("shows py-spy's screen, sorts, shows lines, help and one thread, and leaves by q", async () => {
    using terminal = start(160, 24);
    await terminal.until(/Total Samples [1-9].*work \(fixture\.py\)/s);
    const [title, samples, activity, blank, head, first] = calm(terminal);
    expect(title).toMatch(/^Collecting samples from '.*threads\.py 2' \(python v3\.\d+\.\d+\)$/);
    expect(samples).toMatch(/^Total Samples \d+$/);
    expect(activity).toMatch(/^GIL: \d+\.\d\d%, Active: \d+\.\d\d%, Threads: 4$/);
    expect([blank, head]).toEqual(["", "  %Own   %Total ▼OwnTime  TotalTime  Function (filename)"]);
    expect(first).toMatch(/^ *\d+\.\d\d% +\d+\.\d\d% +[\d.]+s +[\d.]+s {3}work \(fixture\.py\)$/);
    expect(terminal.lines().at(-1)).toBe("Press q to quit, or ? for help.");

    terminal.press("1");
    await terminal.until(/▼%Own +%Total +OwnTime/);
    terminal.press("4");
    await terminal.until("▼TotalTime");
    terminal.press("i");
    await terminal.until("▲TotalTime");
    terminal.press("L");
    await terminal.until(/Function \(filename:line\)[^]*work \(fixture\.py:\d+\)/);
    terminal.press("?");
    await terminal.until(/^Keys$[^]*Reset/m);
    terminal.press("x");
    await terminal.until("Total Samples");

    terminal.press("i", "3", "t");
    await terminal.until(/active\S* +Thread \d+ "busy"/);
    expect(terminal.text()).toMatch(/idle +Thread \d+ "MainThread"/);
    terminal.press("Enter");
    await terminal.until(/Only Thread \d+ "busy"/);
    terminal.press("Escape");
    await terminal.until("Only Thread", (text) => !text.includes("Only Thread") && text.includes("work ("));

    terminal.press("q");
    const { text, isRestored } = await terminal.ended();
    expect(text).toContain("[status 0]");
    expect(text).not.toContain("Total Samples");
    expect(isRestored).toBe(true);
  });

  it("searches, pauses, resets and saves", async () => {
    using terminal = start();
    await terminal.until("work (fixture.py)");
    terminal.press("/");
    terminal.type("WOR");
    await terminal.until(/Search: WOR/);
    expect(calm(terminal).slice(5).filter((line) => line.includes("("))).toEqual([expect.stringContaining("work (fixture.py)")]);
    terminal.type("zz");
    await terminal.until("Search: WORzz", (text) => text.includes("WORzz") && !text.includes("work ("));
    terminal.press("Escape");
    await terminal.until("run (threading.py)");

    terminal.press("Space");
    const paused = await terminal.until(/Total Samples \d+ {2}PAUSED/);
    terminal.press("4");
    await terminal.until("▼TotalTime");
    expect(count(terminal.text())).toBe(count(paused));
    terminal.press("p");
    await terminal.until("more samples", (text) => count(text) > count(paused) + 20);
    terminal.press("r");
    await terminal.until("fewer samples", (text) => count(text) < count(paused) + 20);

    await terminal.until("work (fixture.py)");
    terminal.press("s");
    const text = await terminal.until(/Wrote flame graph to '\d+-.*\.svg'/);
    const svg = readFileSync(folder.join(/'(\d+-.*\.svg)'/.exec(text)![1]!), "utf8");
    expect(svg).toMatch(/<title>.*threads\.py 2<\/title>/);
    expect(svg).toContain("work (fixture.py:");
    terminal.press("C-c");
    expect((await terminal.ended()).isRestored).toBe(true);
  });

  it("follows the terminal's size down to a few columns, and up again", async () => {
    using terminal = start(100, 24);
    await terminal.until("work (fixture.py)");
    terminal.resize(45, 20);
    await terminal.until(/TotalTime *\n {2}Function \(filename\)\n.*\n {2}work \(fixture\.py\)/);
    terminal.resize(30, 10);
    await terminal.until(/▼OwnTime\n {2}Function \(filename\)\n.*\n {2}work \(fixture\.py\)/);
    terminal.resize(120, 30);
    await terminal.until(/▼OwnTime {2}TotalTime {2}Function \(filename\)/, (text) => text.split("\n")[29] === "Press q to quit, or ? for help.");
    terminal.press("q");
    expect((await terminal.ended()).isRestored).toBe(true);
  });

  it("scrolls", async () => {
    using terminal = start(100, 9);
    await terminal.until(/ 1-\d of \d/);
    terminal.press("Down");
    await terminal.until(/ 2-\d of \d/);
    terminal.press("End");
    await terminal.until(/-(\d+) of \1$/m);
    terminal.press("Home");
    await terminal.until(/ 1-\d of \d/);
    terminal.press("PPage", "NPage");
    await terminal.until(/ [2-9]-\d of \d/);
    terminal.press("q");
    expect((await terminal.ended()).isRestored).toBe(true);
  });

  it("shows wide characters where they belong", async () => {
    await using names = await startTarget(anyPython(), "unicode_names.py", []);
    using terminal = new TopTerminal(120, 40, folder.path);
    terminal.startTop({ pid: names.pid, delay, idle: true });
    await terminal.until("関数 (unicode_names.py)");
    terminal.press("t");
    await terminal.until(/Thread \d+ "スレッド"\n/);
    // One column less than the row takes: what the terminal counts otherwise would push out the last character.
    terminal.press("Escape");
    terminal.resize(59, 40);
    await terminal.until(/ {3}関数 \(unicode_names\.p…\n/);
    terminal.press("q");
    expect((await terminal.ended()).isRestored).toBe(true);
  });

  it.each<[NodeJS.Signals, string]>([
    ["SIGTERM", "[status 143]"],
    ["SIGHUP", "[status 129]"],
    ["SIGINT", "[status 0]"],
    ["SIGUSR2", "[status 1]"],
    ["SIGPWR", "[status 7]"],
  ])("puts the terminal back on %s", async (signal, status) => {
    using terminal = start();
    await terminal.until("work (fixture.py)");
    process.kill(terminal.topPid(), signal);
    const { text, isRestored } = await terminal.ended();
    expect(text).toContain(status);
    expect(text).not.toContain("Total Samples");
    expect(isRestored).toBe(true);
  });

  it("gives the terminal back while it is stopped, and goes on", async () => {
    using terminal = start();
    await terminal.until("work (fixture.py)");
    terminal.press("C-z");
    const stopped = await terminal.ended();
    expect(stopped.isRestored).toBe(true);
    expect(stopped.text).not.toContain("Total Samples");
    terminal.type("clear; fg; echo [status $?]; echo [same modes]\n");
    await terminal.until("work (fixture.py)");
    terminal.press("1");
    await terminal.until("▼%Own");
    terminal.press("q");
    const { text, isRestored } = await terminal.ended();
    expect(text).toContain("[status 0]");
    expect(isRestored).toBe(true);
  });

  it("leaves the last numbers and says so when the process ends", async () => {
    await using short = await startTarget(anyPython(), "busy.py", [3]);
    using terminal = new TopTerminal(100, 24, folder.path);
    terminal.startTop({ pid: short.pid, delay });
    await terminal.until("spin (fixture.py)");
    await short.stop();
    const { text, isRestored } = await terminal.ended();
    expect(text).toMatch(/Total Samples \d+\n[^]*spin \(fixture\.py\)\n[^]*\nprocess \d+ ended\n\[status 0\]/);
    expect(text).toContain(`process ${short.pid} ended`);
    expect(isRestored).toBe(true);
  });

  it("keeps a program's output off the screen, shows it at the end, and ends as the program does", async () => {
    using terminal = new TopTerminal(100, 24, folder.path);
    const script = "import os,sys\ndef burn():\n  while not os.path.exists('go'): pass\nprint('hello from it', file=sys.stderr)\nburn()\nsys.exit(3)";
    terminal.startTop({ delay }, ...anyPython().command, "-c", script);
    expect(await terminal.until("burn (<string>)")).not.toMatch(/^hello from it$/m);
    writeFileSync(folder.join("go"), "");
    const { text, isRestored } = await terminal.ended();
    expect(text).toMatch(/burn \(<string>\)[^]*hello from it\n\[status 3\]/);
    expect(isRestored).toBe(true);
  });

  it("ends a program that was started to be watched", async () => {
    using terminal = new TopTerminal(100, 24, folder.path);
    const script = "import os,signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nopen('pid','w').write(str(os.getpid()))\nwhile True: pass";
    terminal.startTop({ delay }, ...anyPython().command, "-c", script);
    await terminal.until("<module> (<string>)");
    const pid = Number(readFileSync(folder.join("pid"), "utf8"));
    terminal.press("q");
    const { text, isRestored } = await terminal.ended();
    expect(text).toContain("[status 0]");
    expect(isRestored).toBe(true);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("does not take over the terminal for a process that it cannot read", async () => {
    using terminal = new TopTerminal(100, 24, folder.path);
    terminal.startTop({ pid: process.pid, delay });
    const { text, isRestored } = await terminal.ended();
    expect(text).toMatch(/Error: [^]*\[status 1\]/);
    expect(isRestored).toBe(true);
  });

  it("draws in colours or without, and marks the sorted column in both", async () => {
    using terminal = start();
    await terminal.until("work (fixture.py)");
    expect(terminal.painted()).toContain("\u001b[32mwork");
    expect(terminal.painted()).toContain("\u001b[1m▼OwnTime");
    terminal.press("q");
    await terminal.ended();
    terminal.type("export NO_COLOR=1\n");
    terminal.startTop({ pid: target.pid, delay });
    await terminal.until("work (fixture.py)");
    for (const colour of [31, 32, 36]) expect(terminal.painted()).not.toContain(`\u001b[${colour}m`);
    expect(terminal.painted()).toContain("\u001b[1m▼OwnTime");
    terminal.press("q");
    await poll("the end", () => terminal.topPid() === 0);
  });
});
