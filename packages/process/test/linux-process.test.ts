import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openProcess, ProcessError } from "@pyspy/process";
import { parseMaps } from "../src/linux/maps.ts";
import { parseStat } from "../src/linux/stat.ts";
import { hasPython, hasUnshare, isRoot, python } from "./present.ts";
import { folder, Target, traceable, until } from "./target.ts";

const cat = realpathSync("/bin/cat");

it("tells what /proc tells", async () => {
  using temporary = folder();
  await using child = new Target(["/bin/cat", "-", "-u"], { cwd: temporary.path });
  using target = openProcess(child.pid);
  await until("the exec", () => target.executable() === cat && target.commandLine().length > 0);
  expect(target.pid).toBe(child.pid);
  expect(target.platform).toBe("linux");
  expect(target.architecture).toBe(process.arch);
  expect(target.capabilities).toEqual({ live: true, pause: true, threadStates: true, cpuTimes: true });
  expect(target.commandLine()).toEqual(["/bin/cat", "-", "-u"]);
  expect(target.workingDirectory()).toBe(realpathSync(temporary.path));
  expect(target.parent()).toBe(process.pid);
  expect(target.namespaces()["mnt"]).toBe(readlinkSync("/proc/self/ns/mnt"));
  expect(target.namespaces()["pid"]).toMatch(/^pid:\[\d+\]$/);
  expect(target.innerThreadIds()).toEqual([]);
  expect(target.age()).toBeGreaterThanOrEqual(0);
  expect(target.age()).toBeLessThan(60);
  expect(target.isAlive()).toBe(true);
  await child[Symbol.asyncDispose]();
  expect(target.isAlive()).toBe(false);
  expect(target.age()).toBe(Infinity);
  for (const ask of ["threads", "memoryMaps", "executable", "parent", "children", "namespaces", "commandLine", "workingDirectory", "pause"] as const) {
    expect(() => target[ask]()).toThrow(expect.objectContaining({ name: "ProcessError", code: "no-such-process" }));
  }
});

it("knows a zombie for dead", async () => {
  // It ends when there is no shell any more that would bury it.
  const script = 'while [ "$(cat /proc/$$/comm)" != sleep ]; do :; done & echo $!; exec sleep 60';
  await using shell = new Target(["/bin/sh", "-c", script]);
  const pid = Number(await shell.line());
  await until("the zombie", () => parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"))!.state === "dead");
  expect(() => openProcess(pid)).toThrow(expect.objectContaining({ code: "no-such-process" }));
});

it("lists children", async () => {
  await using shell = new Target(["/bin/sh", "-c", "sleep 60 & a=$!; sleep 60 & echo $a $!; exec 2> /dev/null; wait; read line"]);
  const pids = (await shell.line()).split(" ").map(Number);
  using target = openProcess(shell.pid);
  expect(target.children()).toEqual(pids.toSorted((a, b) => a - b));
  using self = openProcess(process.pid);
  expect(self.children()).toContain(shell.pid);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await until("no children", () => target.children().length === 0);
});

describe.skipIf(!hasPython)("threads [needs /usr/bin/python3]", () => {
  it("have names, states and times", async () => {
    const script = `
import ctypes, sys, threading
def name(text): ctypes.CDLL(None).prctl(15, text, 0, 0, 0)
busy = threading.Event()
def spin():
    name(b") R 1 (\\n x")
    busy.set()
    while True: pass
name(b"a (b) c")
threading.Thread(target=spin, daemon=True).start()
busy.wait()
print(threading.main_thread().native_id, flush=True)
sys.stdin.read()`;
    await using child = new Target([python, "-c", script]);
    expect(Number(await child.line())).toBe(child.pid);
    using target = openProcess(child.pid);
    using states = target.threadStates();
    await until("the main thread to wait", () => target.threads()[0]!.state === "sleeping");
    const [main, spin] = target.threads();
    expect(main).toMatchObject({ id: child.pid, name: "a (b) c", state: "sleeping" });
    expect(spin).toMatchObject({ name: ") R 1 (\n x", state: "running" });
    expect(states.read(main!.id)).toBe("sleeping");
    expect(states.read(spin!.id)).toBe("running");
    await until("the time to pass", () => target.threads()[1]!.cpuTime > spin!.cpuTime + 20_000_000);
    const later = target.threads();
    expect(later[1]!.cpuTime).toBeLessThan(120e9);
    expect(later[0]!.cpuTime - main!.cpuTime).toBeLessThan(20_000_000);
    child.child.kill("SIGSTOP");
    await until("the stop", () => states.read(spin!.id) === "stopped");
    await child[Symbol.asyncDispose]();
    expect(states.read(spin!.id)).toBe("dead");
    expect(states.read(2 ** 22 + 5)).toBe("dead");
  });

  it("are read through few descriptors, which get closed", async () => {
    const script = `
import sys, threading
for _ in range(1100): threading.Thread(target=sys.stdin.read, daemon=True).start()
print(flush=True)
threading.Event().wait()`;
    await using child = new Target([python, "-c", script]);
    await child.line();
    const before = readdirSync("/proc/self/fd").length;
    {
      using target = openProcess(child.pid);
      const states = target.threadStates();
      const threads = await until("all threads to sleep", () => {
        const all = target.threads();
        return all.length === 1101 && all.every(({ state }) => state === "sleeping") ? all : undefined;
      });
      for (let round = 0; round < 2; round++) {
        for (const { id } of threads) expect(states.read(id)).toBe("sleeping");
      }
      expect(readdirSync("/proc/self/fd").length - before).toBeLessThan(1030);
      expect(readdirSync("/proc/self/fd").length - before).toBeGreaterThan(1000);
    }
    expect(readdirSync("/proc/self/fd")).toHaveLength(before);
  });
});

describe("files", () => {
  it("of a deleted and of a replaced executable", async () => {
    using temporary = folder();
    const path = temporary.file("my cat\nand (deleted) more");
    copyFileSync(cat, path);
    await using child = new Target([path]);
    using target = openProcess(child.pid);
    await until("the exec", () => target.executable() === path);
    const map = (): ReturnType<typeof target.memoryMaps>[number] => target.memoryMaps().find((each) => each.path === path)!;
    expect(map()).toMatchObject({ path, deleted: false, offset: 0, inode: statSync(path).ino });
    const content = new Uint8Array(readFileSync(path));
    expect(target.mappedFile(map()).read(0, 1e9)).toEqual(content);
    rmSync(path);
    writeFileSync(path, "another file");
    expect(map()).toMatchObject({ path, deleted: true });
    expect(target.executable()).toBe(path);
    const file = target.mappedFile(map());
    expect(file).toMatchObject({ name: path, size: content.length });
    expect(file.read(0, content.length)).toEqual(content);
    expect(file.read(content.length - 3, 100)).toEqual(content.slice(-3));
    expect(file.read(content.length, 1)).toEqual(new Uint8Array(0));
    expect(file.read(-1, 5)).toEqual(new Uint8Array(0));
    expect(target.mappedFile(map())).toBe(file);
    target[Symbol.dispose]();
    expect(() => file.read(0, 1)).toThrow(/closed/);
  });

  it("of maps that lie about their file are refused", async () => {
    await using child = new Target(["/bin/cat"]);
    using target = openProcess(child.pid);
    await until("the exec", () => target.executable() === cat);
    const map = target.memoryMaps().find(({ path }) => path === cat)!;
    const wrong = { ...map, start: 4096, end: 8192, inode: map.inode + 1 };
    expect(() => target.mappedFile(wrong)).toThrow(expect.objectContaining({ code: "file-not-found" }));
    const stack = target.memoryMaps().find(({ path }) => path === "[stack]")!;
    expect(() => target.mappedFile(stack)).toThrow(/\[stack\], which is no file/);
  });

  it("are found by the process's own paths, and closed with it", async () => {
    using temporary = folder();
    writeFileSync(temporary.file("real"), "content");
    symlinkSync("real", temporary.file("link"));
    symlinkSync("loop", temporary.file("loop"));
    execFileSync("mkfifo", [temporary.file("fifo")]);
    await using child = new Target(["/bin/cat"], { cwd: temporary.path });
    const before = readdirSync("/proc/self/fd").length;
    {
      using target = openProcess(child.pid);
      expect(Buffer.from(target.file(temporary.file("link")).read(1, 3)).toString()).toBe("ont");
      expect(Buffer.from(target.file("../" + temporary.path.split("/").at(-1)! + "/link").read(0, 7)).toString()).toBe("content");
      expect(target.file(temporary.file("link"))).toBe(target.file(temporary.file("link")));
      expect(target.fileExists("real")).toBe(true);
      expect(target.fileExists(temporary.path)).toBe(true);
      for (const path of ["loop", "real/under", "nothing", "", "a\0b", "x".repeat(5000)]) {
        expect(target.fileExists(path)).toBe(false);
        expect(() => target.file(path)).toThrow(expect.objectContaining({ code: "file-not-found" }));
      }
      for (const path of ["fifo", "/dev/null", "."]) {
        expect(target.fileExists(path)).toBe(true);
        expect(() => target.file(path)).toThrow(/no regular file/);
      }
    }
    expect(readdirSync("/proc/self/fd")).toHaveLength(before);
  });

  it.skipIf(!isRoot)("of a chroot are looked up inside it [needs root]", async () => {
    using temporary = folder();
    const jail = jailFor(temporary.path);
    await using child = traceable(["chroot", jail, "/bin/prog", "60"]);
    using target = openProcess(child.pid);
    await until("the exec", () => target.executable() === "/bin/prog");
    expect(target.workingDirectory()).toBe("/");
    expectInside(target);
    expect(Buffer.from(target.file("/absolute").read(0, 100)).toString()).toBe("inside");
    expect(target.fileExists(jail)).toBe(false);
    renameSync(join(jail, "bin/prog"), join(jail, "bin/old"));
    copyFileSync("/bin/false", join(jail, "bin/prog"));
    expectInside(target);
  });

  it.skipIf(!hasUnshare)("of another mount namespace are its own [needs root and unshare]", async () => {
    using temporary = folder();
    const jail = jailFor(temporary.path);
    const over = temporary.file("over");
    mkdirSync(over);
    writeFileSync(join(over, "here"), "outside");
    await using child = traceable(["unshare", "--mount", "--propagation", "private", "sh", "-c", `mount --bind "${jail}" "${over}" && exec sleep 60`]);
    using target = openProcess(child.pid);
    await until("the exec", () => target.commandLine()[0] === "sleep");
    expect(target.namespaces()["mnt"]).not.toBe(readlinkSync("/proc/self/ns/mnt"));
    expect(target.namespaces()["net"]).toBe(readlinkSync("/proc/self/ns/net"));
    expect(target.fileExists(join(over, "here"))).toBe(false);
    expect(Buffer.from(target.file(join(over, "etc/inside")).read(0, 100)).toString()).toBe("inside");
  });
});

/** A folder with sleep as /bin/prog, what that needs, and links that mean something else outside. */
function jailFor(folderPath: string): string {
  const jail = join(folderPath, "jail");
  for (const name of ["bin", "etc"]) mkdirSync(join(jail, name), { recursive: true });
  writeFileSync(join(jail, "etc/inside"), "inside");
  symlinkSync("/etc/inside", join(jail, "absolute"));
  symlinkSync("../../../../etc/inside", join(jail, "etc/upwards"));
  copyFileSync("/bin/sleep", join(jail, "bin/prog"));
  for (const [library] of execFileSync("ldd", ["/bin/sleep"], { encoding: "utf8" }).matchAll(/\/\S+/g)) {
    mkdirSync(join(jail, dirname(library)), { recursive: true });
    copyFileSync(library, join(jail, library));
  }
  return jail;
}

function expectInside(target: ReturnType<typeof openProcess>): void {
  expect(existsSync("/etc/inside")).toBe(false);
  for (const path of ["/absolute", "/etc/upwards", "etc/inside"]) {
    expect(Buffer.from(target.file(path).read(0, 100)).toString()).toBe("inside");
  }
  const sleep = new Uint8Array(readFileSync("/bin/sleep"));
  const files = new Map(target.memoryMaps().flatMap((map) => (map.inode === 0 ? [] : [[map.inode, target.mappedFile(map)]])));
  expect(files.size).toBeGreaterThan(2);
  expect([...files.values()].some((file) => Buffer.compare(file.read(0, file.size), sleep) === 0)).toBe(true);
}

it("calls a kernel thread unsupported", ({ skip }) => {
  const pid = readdirSync("/proc").find((entry) => /^\d+$/.test(entry) && isKernelThread(entry));
  if (pid === undefined || !isRoot) return skip("no kernel thread here, or not root");
  using target = openProcess(Number(pid));
  expect(() => target.executable()).toThrow(expect.objectContaining({ code: "unsupported", message: expect.stringContaining("kernel thread") }));
  expect(target.commandLine()).toEqual([]);
  expect(target.memoryMaps()).toEqual([]);
  expect(() => target.memory.read(4096, 1)).toThrow(ProcessError);
});

function isKernelThread(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").startsWith("2 (kthreadd)");
  } catch {
    return false;
  }
}

it("parses maps", () => {
  const text = [
    "7f1234560000-7f1234570000 r-xp 00001000 fe:00 1234                       /a b/c\\012d.so (deleted)",
    "55d0c8a00000-55d0c8a21000 rw-p 00000000 00:00 0                          [heap]",
    "7f0000000000-7f0000001000 ---s 00000000 00:00 0 ",
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]",
    "garbage",
    "",
  ].join("\n");
  expect(parseMaps(text)).toEqual([
    { start: 0x7f1234560000, end: 0x7f1234570000, readable: true, writable: false, executable: true, offset: 4096, path: "/a b/c\nd.so", deleted: true, device: "fe:00", inode: 1234 },
    { start: 0x55d0c8a00000, end: 0x55d0c8a21000, readable: true, writable: true, executable: false, offset: 0, path: "[heap]", deleted: false, device: "00:00", inode: 0 },
    { start: 0x7f0000000000, end: 0x7f0000001000, readable: false, writable: false, executable: false, offset: 0, path: "", deleted: false, device: "00:00", inode: 0 },
  ]);
});

it("parses no stat line out of nothing", () => {
  for (const text of ["", "1", "1 (", "1 (a)", ")(", "1 (a) S 2 3"]) expect(parseStat(text)).toBeUndefined();
});
