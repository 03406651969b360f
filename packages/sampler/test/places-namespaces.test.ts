import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openProcess } from "@pyspy/process";
import { attach, record } from "@pyspy/sampler";
import { pythons } from "@pyspy/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { libraryOf, prefixOf } from "./c-program.ts";
import { childOf, namesOf, SLEEPER, SLEEPING, sleepingStacks, startPlace } from "./place.ts";
import { unsupported } from "./supported.ts";
import { until } from "./until.ts";

const folder = mkdtempSync(join(tmpdir(), "pyspy-namespaces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const supported = pythons().filter((python) => unsupported(python) === "");
const ours = supported.filter(({ root }) => root === "");
const jailed = supported.filter(({ root }) => root !== "");
const unshare = canUnshare() ? "" : " [needs unshare, and the right to make namespaces]";

/** Two threads that sleep. */
const THREADS = `import threading, time
def helper():
    time.sleep(60)
thread = threading.Thread(target=helper)
thread.daemon = True
thread.start()
${SLEEPER}`;

describe.skipIf(unshare !== "").each(ours.map((python) => [python.label, python] as const))(`%s${unshare}`, (label, python) => {
  it("in pid, mount and user namespaces of its own: ids are those of here", async () => {
    const namespaces = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"];
    await using place = startPlace([...namespaces, python.command[0] as string, "-c", THREADS]);
    expect(await place.line()).toBe("ready 1");
    const pid = childOf(place.pid());
    using target = openProcess(pid);
    const stacks = await sleepingStacks(target);
    expect(namesOf(stacks)).toHaveLength(2);
    expect(namesOf(stacks)).toContainEqual(SLEEPING);
    // The kernel's own list, of here; the main thread's id is the process's.
    const main = stacks.find(({ frames }) => frames[0]?.name === "inner");
    expect(main).toMatchObject({ osThreadId: pid, name: "MainThread", active: false });
    expect(stacks.map(({ osThreadId }) => osThreadId).toSorted()).toEqual(target.threads().map(({ id }) => id).toSorted());
    expect(target.innerThreadIds()).toContainEqual([1, pid]);
  });

  it("in files that only its mount namespace has", async () => {
    const hidden = join(folder, label.replaceAll(" ", "-"));
    const shown = `${hidden}-mounted`;
    for (const path of [hidden, shown]) mkdirSync(path);
    const library = python.isStatic ? "" : libraryOf(python);
    for (const file of [python.executable, library].filter(Boolean)) copyFileSync(file, join(hidden, basename(file)));
    const script = 'mount --bind "$1" "$2" && umount -l "$1" 2>/dev/null; shift 2; exec "$@"';
    const executable = join(shown, basename(python.executable));
    const preload = library === "" ? [] : [`LD_PRELOAD=${join(shown, basename(library))}`];
    const run = ["env", `PYTHONHOME=${prefixOf(python)}`, ...preload, executable, "-c", SLEEPER];
    await using place = startPlace(["unshare", "--mount", "sh", "-c", script, "sh", hidden, shown, ...run]);
    await place.line();
    expect(existsSync(executable)).toBe(false);
    using target = openProcess(place.pid());
    expect(attach(target).image).toBe(library === "" ? executable : join(shown, basename(library)));
    expect(target.fileExists(executable)).toBe(true);
    expect(namesOf(await sleepingStacks(target))).toEqual([SLEEPING]);
  });
});

it.skipIf(unshare !== "" || ours.length === 0)(`a recording of a process in a pid namespace has the ids of here${unshare}`, async () => {
  const python = ours.at(-1) as (typeof ours)[number];
  await using place = startPlace(["unshare", "--pid", "--fork", "--mount-proc", python.command[0] as string, "-c", THREADS]);
  await place.line();
  const pid = childOf(place.pid());
  const { profile } = await record({ pid, rate: 200, duration: 0.5, idle: true }).result;
  using target = openProcess(pid);
  expect(profile.toData().threads.map((thread) => thread.osThreadId).toSorted()).toEqual(target.threads().map(({ id }) => id).toSorted());
});

describe.skipIf(jailed.length === 0).each(jailed.map((python) => [python.label, python] as const))("%s in a chroot", (_, python) => {
  it("is found through its own root", async () => {
    await using place = startPlace([...python.command, "-c", SLEEPER]);
    await place.line();
    using target = openProcess(place.pid());
    await until("the exec", () => target.executable().includes("python"));
    expect(attach(target).version).toMatchObject({ minor: python.version.minor, micro: python.version.micro });
    expect(target.executable().startsWith(python.root)).toBe(false);
    expect(namesOf(await sleepingStacks(target))).toEqual([SLEEPING]);
  });
});

function canUnshare(): boolean {
  try {
    execFileSync("unshare", ["--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc", "true"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}
