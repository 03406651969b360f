import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { anyPython, startTarget } from "@pyspy/test-fixtures";
import { afterAll, afterEach, describe, expect, it } from "vitest";

import { main } from "./built.ts";
import { Folder } from "./folder.ts";
import { poll } from "./pyspy.ts";

// Errors of the command line itself, each on something that really blocks. What the doctor says of more: doctor-live.test.ts.

const AS_USER = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"];
const WITHOUT_PTRACE = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"];
const IN_USER_NAMESPACE = ["unshare", "--user", "--map-root-user"];
const isRoot = process.getuid?.() === 0;
const needs = (isThere: boolean, what: string) => (isThere ? "" : ` [needs ${what}]`);
const noRights = needs(isRoot && runs([...AS_USER, "true"]) && runs([...WITHOUT_PTRACE, "true"]), "root, setpriv");
const noNamespace = needs(isRoot && runs([...IN_USER_NAMESPACE, "true"]), "root, unshare");
const noCompiler = needs(runs(["gcc", "--version"]), "gcc");
const noPyPy = needs(runs(["pypy3", "--version"]), "PyPy");

const COMMANDS = ["dump", "record", "top"] as const;
const folder = new Folder();
const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});
afterAll(() => folder[Symbol.dispose]());

interface Failed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs each command on the process; they have to say the same. */
function failing(pid: number, prefix: readonly string[] = [], ...options: readonly string[]): Failed {
  const [first, ...others] = COMMANDS.map((name) => run(name, pid, prefix, options)) as [Failed, Failed, Failed];
  for (const other of others) expect(other).toEqual(first);
  expect(first).toMatchObject({ status: 1, stdout: "" });
  return first;
}

function run(name: string, pid: number, prefix: readonly string[], options: readonly string[]): Failed {
  const [command = "", ...args] = [...prefix, process.execPath, main(), name, "--pid", String(pid), ...options];
  // In Kubernetes the remedies are the same on every machine.
  const env = { ...process.env, KUBERNETES_SERVICE_HOST: "10.0.0.1", NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 40_000, env, cwd: "/dev/shm" });
  return { status, stdout, stderr };
}

function start([command = "", ...args]: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  ended.push(() => child.kill("SIGKILL"));
  return child;
}

async function sleeper(prefix: readonly string[] = []): Promise<number> {
  const { pid } = start([...prefix, "sleep", "60"]);
  await poll("sleep", () => readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n");
  return pid as number;
}

function runs([command = "", ...args]: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore", timeout: 40_000 }).status === 0;
}

function compiled(name: string, source: string): string {
  const path = folder.join(name);
  execFileSync("gcc", ["-o", path, "-rdynamic", source], { timeout: 40_000 });
  return path;
}

describe("the error says what is in the way and how to lift it", () => {
  it("no such process", () => {
    expect(failing(2 ** 31 - 1).stderr).toMatch(/^Error: no process 2147483647\n.*\nCheck the process id.*\n$/);
  });

  it("a process that has ended, and whose parent has not asked", async () => {
    const parent = start(["sh", "-c", "sleep 0 & echo $!; exec sleep 60"]);
    let text = "";
    parent.stdout?.on("data", (part) => (text += String(part)));
    await poll("a pid", () => text.includes("\n"));
    const pid = Number(text);
    await poll("its end", () => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")));
    expect(failing(pid).stderr).toBe(
      `Error: process ${pid} has ended\nThe process has ended; its parent, process ${parent.pid}, has not asked for its exit status yet.\nTo see all of a program that ends soon, let pyspy start it: pyspy record -- python program.py\n`,
    );
  });

  it("a process that ends while it is recorded is no error", async () => {
    const target = await startTarget(anyPython(), "busy.py");
    const child = spawn(process.execPath, [main(), "record", "-f", "raw", "-o", folder.join("p.txt"), "-p", String(target.pid)], { stdio: ["ignore", "pipe", "pipe"] });
    ended.push(() => child.kill("SIGKILL"));
    let text = "";
    child.stdout.on("data", (part) => (text += String(part)));
    await poll("samples", () => text.includes("Sampling process"));
    await target.stop();
    await poll("the end", () => child.exitCode !== null);
    expect(child.exitCode).toBe(0);
    expect(text).toContain("Stopped sampling because process exited");
  });

  it("not Python", async () => {
    const { stderr } = failing(await sleeper());
    expect(stderr).toMatch(/^Error: no Python interpreter found in process \d+\n/);
    expect(stderr).toMatch(/\n.* is no CPython: no file that it has mapped holds an interpreter\.\nCheck the process id\. .*\n$/);
  });

  it.skipIf(noPyPy !== "")(`PyPy${noPyPy}`, async () => {
    const child = start(["pypy3", "-c", "import sys, time\nprint('ready')\nsys.stdout.flush()\ntime.sleep(60)"]);
    let text = "";
    child.stdout?.on("data", (part) => (text += String(part)));
    await poll("PyPy", () => text.includes("ready"));
    expect(failing(child.pid as number).stderr).toMatch(/\n\/.*pypy3.* is PyPy, whose memory is laid out in another way; pyspy reads CPython only\.\nRun the program under CPython .*\n$/);
  });

  it.skipIf(noCompiler !== "")(`a version that is not supported${noCompiler}`, async () => {
    // What PY_VERSION_HEX is in 3.40.1.
    writeFileSync(folder.join("future.c"), "#include <unistd.h>\nconst unsigned long Py_Version = 0x032801f0;\nlong _PyRuntime[64];\nint main(void) { return sleep(60); }\n");
    const child = start([compiled("python3.40", folder.join("future.c"))]);
    await poll("it", () => readFileSync(`/proc/${child.pid}/comm`, "utf8") === "python3.40\n");
    const { stderr } = failing(child.pid as number);
    expect(stderr).toMatch(/^Error: Python 3\.40\.1 in process \d+ is not supported/);
    expect(stderr).toMatch(/\n.*3\.\d+ to 3\.15.*\n/);
  });

  it.skipIf(noRights !== "")(`another user's process${noRights}`, async () => {
    const { stderr } = failing(await sleeper(), AS_USER);
    expect(stderr).toMatch(/^Error: .*\nThe process runs as user 0 and pyspy as user 65533; without CAP_SYS_PTRACE only a user's own processes can be read\.\n/);
  });

  it.skipIf(noRights !== "")(`a dropped CAP_SYS_PTRACE${noRights}`, async () => {
    const { stderr } = failing(await sleeper(AS_USER), WITHOUT_PTRACE);
    expect(stderr).toMatch(/\nCAP_SYS_PTRACE is missing: root needs it to read a process of user 65533\.\n.*\n.*\n.*\n +add: \["SYS_PTRACE"\]\n/);
  });

  it.skipIf(noNamespace !== "")(`a user namespace${noNamespace}`, async () => {
    const { stderr } = failing(await sleeper(), IN_USER_NAMESPACE);
    expect(stderr).toContain("\nThe process is in a user namespace outside of pyspy's; capabilities count only in one's own user namespace and those below it.\n");
  });

  it.skipIf(noCompiler !== "")(`a seccomp filter: what must stop the process says so, what need not works${noCompiler}`, async () => {
    const filter = compiled("filter", join(import.meta.dirname, "doctor-seccomp.c"));
    await using target = await startTarget(anyPython(), "busy.py");
    const { stderr } = failing(target.pid, [filter, "ptrace", "--"], "--blocking");
    expect(stderr).toContain("\nA seccomp filter forbids the system call ptrace, with which a process is stopped while it is read.\nWith --nonblocking it is read without being stopped.\n");
    for (const option of ["--nonblocking", "--full-filenames"]) {
      const read = run("dump", target.pid, [filter, "ptrace", "process_vm_readv", "--"], [option]);
      expect(read, option).toMatchObject({ status: 0, stdout: expect.stringContaining("    spin (") as string });
    }
  });
});
