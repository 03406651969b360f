import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyPython, startTarget } from "@pyspy/test-fixtures";
import { openProcess } from "@pyspy/process";
import { afterEach, describe, expect, it } from "vitest";

// Each rule is made to block for real. The doctor runs in a process of its own that has what the rule takes away; a
// variable of the environment has it take the machine for Kubernetes, so that the remedies are the same everywhere.

const MAIN = join(import.meta.dirname, "doctor-main.ts");
const DOCTOR = [process.execPath, "--conditions=@pyspy/source", "--no-warnings", MAIN];
const AS_USER = ["setpriv", "--reuid=65533", "--regid=65533", "--clear-groups"];
const WITHOUT_PTRACE = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"];
const TIMEOUT = 30_000;
const SUDO = 'Run pyspy as root: sudo env "PATH=$PATH" pyspy ...';
const ADD_CAPABILITY = 'Add to the container in the pod\'s manifest:\n  securityContext:\n    capabilities:\n      add: ["SYS_PTRACE"]';

const isRoot = process.getuid?.() === 0;
const canTypeScript = process.features.typescript !== false && process.features.typescript !== undefined;
const canBeUser = canTypeScript && isRoot && runs([...AS_USER, process.execPath, "-e", `require("fs").readFileSync(${JSON.stringify(MAIN)})`]);
const canDrop = canTypeScript && isRoot && hasPtrace() && runs([...WITHOUT_PTRACE, "true"]);
const canUnshare = canTypeScript && isRoot && hasPtrace() && runs(["unshare", "--user", "--map-root-user", "true"]);
const canMount = canBeUser && runs(["unshare", "--mount", "--pid", "--fork", "mount", "-t", "proc", "-o", "hidepid=2", "proc", "/proc"]);
const canCompile = canTypeScript && isRoot && runs(["gcc", "--version"]);

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

describe("doctor, on rules that really block", () => {
  it.skipIf(!canTypeScript)("finds nothing in the way of a Python of our own, and says what it is [needs a Node.js that runs TypeScript]", async () => {
    await using target = await startTarget(anyPython(), "still.py");
    const { text, status } = doctor([], target.pid);
    const { major, minor, micro } = anyPython().version;
    expect(text).toMatch(new RegExp(`^Python +ok +${major}\\.${minor}\\.${micro}, by .+ in /`, "m"));
    expect(text).toMatch(/^Its memory +ok +read (with process_vm_readv|through \/proc\/PID\/mem)$/m);
    expect(text.trimEnd().split("\n").at(-1)).toMatch(new RegExp(`^Process ${target.pid} can be profiled`));
    expect(status).toBe(0);
  });

  it.skipIf(!canDrop || !canBeUser)("a dropped CAP_SYS_PTRACE [needs root, setpriv]", async () => {
    const pid = await sleeper(AS_USER);
    const { text, status } = doctor(WITHOUT_PTRACE, pid);
    expect(text).toMatch(/^CAP_SYS_PTRACE +blocked +not in the effective set; not in the bounding set$/m);
    const rule = "CAP_SYS_PTRACE is missing: root needs it to read a process of user 65533.";
    expect(text).toContain(`rule    ${rule}`);
    expect(status).toBe(1);
    expect(advice(WITHOUT_PTRACE, pid)).toContain(`${rule}\n${ADD_CAPABILITY}`);
    // Without a process to look at, it is no obstacle to reading one's own.
    expect(doctor(WITHOUT_PTRACE)).toMatchObject({ status: 0, text: expect.stringContaining("\nProcesses of user 0 can be profiled") });
  });

  it.skipIf(!canBeUser)("another user's process [needs root, setpriv]", async () => {
    const pid = await sleeper([]);
    const { text, status } = doctor(AS_USER, pid);
    expect(text).toMatch(/^Its owner +blocked +user 0, group 0; pyspy: user 65533, group 65533$/m);
    expect(status).toBe(1);
    const rule = "The process runs as user 0 and pyspy as user 65533; without CAP_SYS_PTRACE only a user's own processes can be read.";
    expect(advice(AS_USER, pid).startsWith(`${rule}\n`)).toBe(true);
    if (hasPtrace()) expect(advice(AS_USER, pid)).toBe(`${rule}\n${SUDO}`);
  });

  it.skipIf(!canUnshare)("a user namespace [needs root, unshare]", async () => {
    const pid = await sleeper([]);
    const inside = ["unshare", "--user", "--map-root-user"];
    const { text, status } = doctor(inside, pid);
    expect(text).toMatch(/^CAP_SYS_PTRACE +ok +in the effective set$/m);
    expect(text).toMatch(/^User namespace +blocked +not the machine's own \(0 0 1\): .*; the process: outside of it$/m);
    expect(status).toBe(1);
    expect(advice(inside, pid)).toBe(
      `The process is in a user namespace outside of pyspy's; capabilities count only in one's own user namespace and those below it.
Run pyspy where the process runs, or from the host as root: sudo env "PATH=$PATH" pyspy ...`,
    );
  });

  // A /proc of its own in a pid namespace of its own: to mount the common one anew would change it for everybody.
  it.skipIf(!canMount)("a /proc with hidepid, in a mount namespace [needs root, unshare, setpriv]", () => {
    const script = `mount -t proc -o hidepid=2 proc /proc && { sleep 60 & } && "$@" doctor $!; status=$?; "$@" advice permission-denied $!; exit $status`;
    const { stdout, status } = run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", ...AS_USER, ...DOCTOR]);
    expect(stdout).toMatch(/^\/proc +blocked +hidepid=(2|invisible)$/m);
    expect(stdout).toMatch(/^Process +blocked +\d+ exists, but \/proc does not show it$/m);
    expect(stdout).toMatch(/^Pid namespace +ok +not the machine's own/m);
    expect(status).toBe(1);
    expect(stdout.slice(stdout.lastIndexOf("cannot be profiled.\n") + 20)).toMatch(
      /^\/proc is mounted with hidepid=(2|invisible), which hides other users' processes\.\nRun pyspy as root: .*\nOr let \/proc show them: mount -o remount,hidepid=0 \/proc\n$/,
    );
  });

  it.skipIf(!canCompile)("a seccomp filter, which leaves a way to read but none to stop [needs root, gcc]", async () => {
    const filter = compileFilter();
    await using target = await startTarget(anyPython(), "still.py");
    const both = doctor([filter, "process_vm_readv", "ptrace", "--"], target.pid);
    expect(both.text).toMatch(/^Seccomp +ok +mode 2 \(filter\)/m);
    expect(both.text).toMatch(/^process_vm_readv +blocked +EPERM on a child of pyspy$/m);
    expect(both.text).toContain("rule    A seccomp filter forbids the system call process_vm_readv; memory is read through /proc/PID/mem");
    expect(both.text).toMatch(/^ptrace +blocked +EPERM on a child of pyspy$/m);
    expect(both.text).toMatch(/^Its memory +ok +read through \/proc\/PID\/mem$/m);
    expect(both.text).toMatch(/^Python +ok /m);
    expect(both.text.trimEnd().split("\n").at(-1)).toBe(`Process ${target.pid} can be profiled, but not be stopped for it: use --nonblocking.`);
    expect(both.status).toBe(0);
    expect(advice([filter, "ptrace", "--"], target.pid).split("\n").slice(0, 2)).toEqual([
      "A seccomp filter forbids the system call ptrace, with which a process is stopped while it is read.",
      "With --nonblocking it is read without being stopped.",
    ]);
    expect(doctor([filter, "ptrace", "--"], target.pid).text).toMatch(/^process_vm_readv +ok /m);
  });

  it.skipIf(!canTypeScript || !isRoot)("another tracer [needs root]", async () => {
    await using target = await startTarget(anyPython(), "still.py");
    using inspected = openProcess(target.pid);
    const pause = inspected.pause();
    try {
      const { text, status } = doctor([], target.pid);
      expect(text).toMatch(new RegExp(`^Its tracer +blocked +process ${process.pid}$`, "m"));
      expect(text).toContain(`rule    Process ${process.pid}, a debugger or another profiler, traces it`);
      expect(status).toBe(0);
      expect(advice([], target.pid, "pause-failed")).toMatch(/--nonblocking$/);
    } finally {
      pause[Symbol.dispose]();
    }
  });
});

describe("doctor, on processes that are no CPython", () => {
  it.skipIf(!canTypeScript)("none of that pid [needs a Node.js that runs TypeScript]", () => {
    const { text, status } = doctor([], 2 ** 31 - 1);
    expect(text).toMatch(/^Process +blocked +no process 2147483647$/m);
    expect(status).toBe(1);
  });

  it.skipIf(!canTypeScript)("one that has ended, and whose parent has not asked [needs a Node.js that runs TypeScript]", async () => {
    const child = start(["sh", "-c", "sleep 0 & echo $!; exec sleep 60"]);
    const pid = Number(await firstLine(child));
    await until(() => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")));
    const { text, status } = doctor([], pid);
    expect(text).toMatch(new RegExp(`^Process +blocked +${pid} has ended$`, "m"));
    expect(text).toContain(`its parent, process ${child.pid}, has not asked`);
    expect(status).toBe(1);
  });

  it.skipIf(!canTypeScript)("a shell, naming the Python that it has started [needs a Node.js that runs TypeScript]", async () => {
    await using target = await startTarget(anyPython(), "still.py");
    const shell = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${target.pid}/status`, "utf8"))?.[1]);
    const { text, status } = doctor([], shell);
    expect(text).toMatch(/^Python +blocked +no Python interpreter found in process/m);
    expect(text).toMatch(new RegExp(`remedy  It has started a Python: --pid ${target.pid} \\(python`));
    expect(status).toBe(1);
  });

  it.skipIf(!canTypeScript)("a program that is called pypy [needs a Node.js that runs TypeScript]", async () => {
    const path = join(temporaryFolder(), "pypy3.10");
    copyFileSync(realpathSync("/bin/sleep"), path);
    const child = start([path, "60"]);
    await until(() => readFileSync(`/proc/${child.pid}/cmdline`, "utf8").startsWith(path));
    expect(advice([], child.pid as number, "not-python")).toBe(
      `${path} is PyPy, whose memory is laid out in another way; pyspy reads CPython only.
Run the program under CPython to profile it with pyspy, or use that interpreter's own profiler.`,
    );
  });
});

function doctor(prefix: readonly string[], pid?: number): { text: string; status: number | null } {
  const { stdout, status } = run([...prefix, ...DOCTOR, "doctor", ...(pid === undefined ? [] : [String(pid)])]);
  return { text: stdout, status };
}

function advice(prefix: readonly string[], pid: number, code: string = "permission-denied"): string {
  return run([...prefix, ...DOCTOR, "advice", code, String(pid)]).stdout.trimEnd();
}

function run([command, ...args]: readonly string[]): { stdout: string; status: number | null } {
  const env = { ...process.env, KUBERNETES_SERVICE_HOST: "10.0.0.1", NO_COLOR: "1" };
  const { stdout, stderr, status } = spawnSync(command as string, args, { encoding: "utf8", env, timeout: TIMEOUT });
  expect(stderr).toBe("");
  return { stdout, status };
}

/** A process that sleeps, when it has become what the prefix makes of it. */
async function sleeper(prefix: readonly string[]): Promise<number> {
  const { pid } = start([...prefix, "sleep", "60"]);
  await until(() => readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n");
  return pid as number;
}

function start([command, ...args]: readonly string[]): ChildProcess {
  const child = spawn(command as string, args, { stdio: ["ignore", "pipe", "inherit"] });
  ended.push(() => child.kill("SIGKILL"));
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => (text += part));
  await until(() => text.includes("\n"));
  return text.slice(0, text.indexOf("\n"));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("it took too long");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-doctor-"));
  ended.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function compileFilter(): string {
  const program = join(temporaryFolder(), "doctor-seccomp");
  execFileSync("gcc", ["-o", program, join(import.meta.dirname, "doctor-seccomp.c")], { timeout: TIMEOUT });
  return program;
}

function runs([command, ...args]: readonly string[]): boolean {
  return spawnSync(command as string, args, { stdio: "ignore", timeout: TIMEOUT }).status === 0;
}

/** CAP_SYS_PTRACE, bit 19, of this process. */
function hasPtrace(): boolean {
  const hex = /^CapEff:\s+([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${hex}`) >> 19n) & 1n) === 1n;
}
