import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { anyPython, startTarget } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";

import { Folder } from "./folder.ts";
import { poll, pyspy, type Result, startPyspy } from "./pyspy.ts";
import { CTRL_C, startInTerminal, whyNoTerminal } from "./terminal.ts";

/** Options to record a program of Python's own text, which can import what is needed. */
function program(file: string, text: string, ...options: readonly string[]): string[] {
  return ["record", "-f", "raw", "-o", file, ...options, "--", ...anyPython().command, "-c", `import os, signal, sys, time\nsignal.alarm(60)\n${text}`];
}

/** Python that works until something is so. */
const spinUntil = (condition: string) => `while not (${condition}): pass\n`;
const untilFile = (path: string) => spinUntil(`os.path.exists(${JSON.stringify(path)})`);

/** Records a program that works until the recording has begun, and does as told then. */
async function recorded(folder: Folder, text: string, settings: { options?: readonly string[]; args?: readonly string[] } = {}): Promise<Result> {
  const go = folder.join("go");
  await using running = startPyspy([...program(folder.join("p.txt"), `${untilFile(go)}${text}`, ...(settings.options ?? [])), ...(settings.args ?? [])], { env: { TMPDIR: folder.path } });
  await running.until(/Sampling process/);
  writeFileSync(go, "");
  return await running.end();
}

describe("the end of the program is ours", () => {
  it("as its exit status", async () => {
    using folder = new Folder();
    const { status, stdout } = await recorded(folder, "sys.exit(7)");
    expect(status).toBe(7);
    expect(stdout).toContain("Stopped sampling because process exited");
    expect(readFileSync(folder.join("p.txt"), "utf8")).toMatch(/^<module> \(<string>:\d\)(;exists.*)? \d+\n/m);
  });

  it.each(["SIGTERM", "SIGKILL", "SIGUSR1"])("as the signal that killed it: %s", async (signal) => {
    using folder = new Folder();
    const result = await recorded(folder, `os.kill(os.getpid(), signal.${signal})`);
    expect({ status: result.status, signal: result.signal }).toEqual({ status: null, signal });
    expect(folder.names()).toContain("p.txt");
  });

  it("as a shell tells it, where we would leave a core file", async () => {
    using folder = new Folder();
    const { status } = await recorded(folder, "os.kill(os.getpid(), signal.SIGSEGV)");
    expect(status).toBe(128 + 11);
  });

  it("also if the recording ended before, without the program", async () => {
    using folder = new Folder();
    const go = folder.join("go");
    await using running = startPyspy(program(folder.join("p.txt"), `${untilFile(go)}print("done")\nsys.exit(5)`, "-d", "0.3"));
    await running.until(/Wrote raw flamegraph data[^]*flamegraph\.pl.*\n/);
    expect(running.stdout).not.toContain("done");
    writeFileSync(go, "");
    const { status, stdout } = await running.end();
    expect(status).toBe(5);
    expect(stdout).toMatch(/Wrote[^]*done\n$/);
  });

  it("even if the profile could not be written", async () => {
    using folder = new Folder();
    const { status, stderr } = await recorded(folder, "sys.exit(7)", { options: ["-o", "/dev/full"] });
    expect(status).toBe(7);
    expect(stderr).toContain("no space left on device");
  });

  it("except that it is not 0 then", async () => {
    using folder = new Folder();
    expect(await recorded(folder, "", { options: ["-o", "/dev/full"] })).toMatchObject({ status: 1 });
  });
});

describe("signals", () => {
  /** Says so at each SIGINT, and ends by the second. */
  const counting = `
count = 0
def handle(number, frame):
    global count
    count += 1
    os.write(1, b"signal %d time %d\\n" % (number, count))
signal.signal(signal.SIGINT, handle)
signal.signal(signal.SIGTERM, handle)
print("ready", flush=True)
${spinUntil("count == 2")}sys.exit(9)`;

  it.each([["SIGINT", 2], ["SIGTERM", 15]] as const)("are passed on: %s", async (signal, number) => {
    using folder = new Folder();
    await using running = startPyspy(program(folder.join("p.txt"), counting));
    await running.until(/ready[^]*Sampling|Sampling[^]*ready/);
    running.child.kill(signal);
    await running.until(/Wrote raw flamegraph data/);
    await running.until(new RegExp(`signal ${number} time 1\n`));
    running.child.kill(signal);
    const { status, stdout } = await running.end();
    expect(status).toBe(9);
    expect(stdout).toContain(`signal ${number} time 2\n`);
    expect(readFileSync(folder.join("p.txt"), "utf8")).toMatch(/ \d+\n$/);
  });

  it.skipIf(whyNoTerminal !== "")(`of the terminal reach the program once each ${whyNoTerminal && `[${whyNoTerminal}]`}`, async () => {
    using folder = new Folder();
    await using running = startInTerminal(program(folder.join("p.txt"), counting));
    await running.until(/ready[^]*Sampling|Sampling[^]*ready/);
    running.child.stdin?.write(CTRL_C);
    await running.until(/Stopped sampling because Control-C pressed[^]*Wrote raw/);
    await running.until(/signal 2 time 1/);
    expect(running.stdout).not.toContain("time 2");
    running.child.stdin?.write(CTRL_C);
    await running.until(/\[status 9\]/);
    expect(running.stdout).toContain("signal 2 time 2");
  });
});

describe("a program that cannot be recorded", () => {
  it("because there is none", async () => {
    using folder = new Folder();
    const { status, stderr } = await pyspy(["record", "-o", folder.join("p.svg"), "--", "/no/such/program"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: cannot start "\/no\/such\/program": .*no such file/);
    expect(folder.names()).toEqual([]);
  });

  it.each([["exit 3", 3], ["exit 0", 0]])("because it is not Python, and has ended: %s", async (script, expected) => {
    using folder = new Folder();
    const { status, stderr } = await pyspy(["record", "-o", folder.join("p.svg"), "--", "sh", "-c", script]);
    expect(status).toBe(expected);
    expect(stderr).toMatch(new RegExp(`^Error: "sh" ended \\(exit status ${expected}\\) before it could be recorded`));
    expect(folder.names()).toEqual([]);
  });

  it("because it was interrupted before there was a Python", async () => {
    using folder = new Folder();
    await using running = startPyspy(["record", "-o", folder.join("p.svg"), "--", "sh", "-c", "trap 'exit 4' TERM; echo ready; while :; do sleep 0.02; done"]);
    await running.until(/ready/);
    running.child.kill("SIGTERM");
    const { status, stderr } = await running.end();
    expect(status).toBe(4);
    expect(stderr).toContain('"sh" ended (exit status 4) before it could be recorded');
    expect(folder.names()).toEqual([]);
  });
});

describe("the program's streams", () => {
  it("are ours, and pipes stay as they were", async () => {
    using folder = new Folder();
    const [go, file] = [folder.join("go"), folder.join("p.txt")];
    // More than a pipe holds, from a program that does not expect a full one to be an error.
    const text = `${untilFile(go)}data = sys.stdin.read()\nos.write(2, data.encode())\nfor i in range(64): assert os.write(1, b"x" * 65536) == 65536`;
    await using running = startPyspy(program(file, text), { input: "from stdin" });
    await running.until(/Sampling process/);
    running.child.stdout?.pause();
    writeFileSync(go, "");
    await running.until(/from stdin/);
    running.child.stdout?.resume();
    const { status, stdout, stderr } = await running.end();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "from stdin" });
    expect(stdout.split("x").length - 1).toBeGreaterThanOrEqual(64 * 65536);
  });

  it("and arguments after -- are its own", async () => {
    using folder = new Folder();
    const { stdout } = await recorded(folder, "print(sys.argv[1:])", { args: ["--rate", "3", "--", "-h"] });
    expect(stdout).toContain("['--rate', '3', '--', '-h']\n");
    expect(stdout).toContain("100 times a second");
  });
});

it("child processes are recorded with --subprocesses, below their parents", async () => {
  using folder = new Folder();
  const [pid, stop] = [folder.join("pid"), folder.join("stop")];
  const script = folder.join("child.py");
  writeFileSync(script, `import os, signal\nsignal.alarm(60)\nopen(${JSON.stringify(pid)}, "w").write("%d\\n" % os.getpid())\ndef leaf():\n  ${untilFile(stop)}leaf()\n`);
  const parent = `import subprocess\nsys.exit(subprocess.run([sys.executable, ${JSON.stringify(script)}]).returncode + 3)`;
  await using running = startPyspy(program(folder.join("p.txt"), parent, "-s", "--nolineno"));
  await poll("a child that has worked for a while", () => existsSync(pid) && cpuTicks(readFileSync(pid, "utf8").trim()) > 150);
  writeFileSync(stop, "");
  expect(await running.end()).toMatchObject({ status: 3, stderr: "" });
  const leaf = new RegExp(`^process \\d+:"[^;]*;process ${readFileSync(pid, "utf8").trim()}:"[^;]*;<module> \\(child\\.py\\);leaf \\(child\\.py\\)`, "m");
  expect(readFileSync(folder.join("p.txt"), "utf8")).toMatch(leaf);
});

/** CPU time of a process, proc(5): user time is field 14. */
function cpuTicks(pid: string): number {
  if (pid === "") return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]);
}

it("options may follow the program's name, as with py-spy", async () => {
  using folder = new Folder();
  const [python = ""] = anyPython().command;
  writeFileSync(folder.join("x.py"), "import sys\nprint(sys.argv[1:], flush=True)\nsys.stdin.read()\n");
  await using running = startPyspy(["record", "-d", "0.2", python, folder.join("x.py"), "a", "--rate", "3", "-o", folder.join("p.svg"), "b"]);
  await running.until(/Wrote flamegraph/);
  running.child.stdin?.end();
  const { status, stdout } = await running.end();
  expect(status).toBe(0);
  expect(stdout).toContain("['a', 'b']\n");
  expect(stdout).toContain("Sampling process 3 times a second for 0.2 seconds.");
  expect(folder.names()).toEqual(["p.svg", "x.py"]);
});

it("a pid wins over a program", async () => {
  using folder = new Folder();
  await using target = await startTarget(anyPython(), "busy.py");
  const { status, stdout } = await pyspy(["record", "-f", "raw", "-o", "-", "-d", "0.2", "-p", target.pid, "--", "touch", folder.join("started")]);
  expect(status).toBe(0);
  expect(stdout).toContain("spin (fixture.py");
  expect(folder.names()).toEqual([]);
});
