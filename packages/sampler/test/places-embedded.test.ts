import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProcess } from "@pyspy/process";
import { attach, attachAll, formatVersion, readStacks, record } from "@pyspy/sampler";
import { afterAll, describe, expect, it } from "vitest";
import { attachErrorOf } from "./attach-error-of.ts";
import { compile, hasTool, libraryOf, linkable, type Linking, linkFlags, prefixOf } from "./c-program.ts";
import { namesOf, SLEEPER, SLEEPING, sleepingStacks, startPlace } from "./place.ts";

const folder = mkdtempSync(join(tmpdir(), "pyspy-embedded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compiler = hasTool("cc") ? "" : " [needs cc]";
const candidates = linkable();
const versionOf = ({ version }: (typeof candidates)[number]): string => `${version.major}.${version.minor}.${version.micro}`;

describe.skipIf(compiler !== "").each(candidates.map((python) => [python.label, python] as const))(`%s in a C program${compiler}`, (label, python) => {
  const env = { PYTHONHOME: prefixOf(python) };

  it.each([
    ["linked with libpython", "shared", []],
    ["linked statically", "static", []],
    ["linked statically, at a fixed address", "static", ["-no-pie"]],
    ["linked statically, stripped", "static", ["-s"]],
    ["linked statically, with no symbol exported or kept", "static", ["-s", "-Wl,--no-export-dynamic"]],
  ] as const)("%s", async (how, linking: Linking, flags) => {
    const program = compile("embed.c", join(folder, `${label} ${how}`.replaceAll(/\W/g, "-")), [...linkFlags(python, linking), ...flags]);
    await using place = startPlace([program, SLEEPER], { env });
    await place.line();
    using target = openProcess(place.pid());
    const found = attach(target);
    expect(found).toMatchObject({ image: linking === "shared" ? libraryOf(python) : program, version: { micro: python.version.micro } });
    expect(namesOf(await sleepingStacks(target))).toEqual([SLEEPING]);
  });

  it("loaded later, for itself alone", async () => {
    const program = compile("load.c", join(folder, "load"), ["-ldl", "-lpthread"]);
    await using place = startPlace([program, SLEEPER, libraryOf(python), prefixOf(python)]);
    expect(await place.line()).toBe("started");
    using target = openProcess(place.pid());
    expect(attachErrorOf(() => attach(target, { wait: 0 }))).toMatchObject({ name: "AttachError", code: "not-python" });
    place.tell("\n");
    expect(await place.line()).toMatch(/^ready/);
    expect(attach(target).image).toBe(libraryOf(python));
    expect(namesOf(await sleepingStacks(target))).toEqual([SLEEPING]);
  });

  it.each([["told of the fork", []], ["not told of the fork", ["silent"]]])("in workers forked from a master, %s", async (_, args) => {
    const program = compile("embed.c", join(folder, `${label}-workers`.replaceAll(/\W/g, "-")), linkFlags(python, "shared"));
    await using place = startPlace([program, SLEEPER, "2", ...args], { env });
    const said = [await place.line(), await place.line()];
    using master = openProcess(place.pid());
    const workers = master.children();
    expect(said.toSorted()).toEqual(workers.map((pid) => `ready ${pid}`).toSorted());
    for (const pid of workers) {
      using worker = openProcess(pid);
      const stacks = await sleepingStacks(worker);
      expect(namesOf(stacks)).toEqual([SLEEPING]);
      expect(stacks.map(({ osThreadId, active }) => ({ osThreadId, active }))).toEqual([{ osThreadId: pid, active: false }]);
    }
    // It runs nothing, but has an interpreter.
    expect(namesOf(readStacks(attach(master)))).toEqual([]);
  });
});

describe.skipIf(compiler !== "" || candidates.length < 2)(`two Pythons in a C program${compiler}${candidates.length < 2 ? " [needs two versions with a libpython]" : ""}`, () => {
  it("are both found, and each can be asked for", async () => {
    const [one, other] = candidates.slice(-2) as [(typeof candidates)[number], (typeof candidates)[number]];
    const program = compile("load.c", join(folder, "load-two"), ["-ldl", "-lpthread"]);
    const libraries = [one, other].flatMap((python) => [libraryOf(python), prefixOf(python)]);
    await using place = startPlace([program, SLEEPER, ...libraries]);
    await place.line();
    place.tell("\n");
    expect(await place.line()).toMatch(/^ready/);
    place.tell("\n");
    expect(await place.line()).toMatch(/^ready/);
    using target = openProcess(place.pid());
    const all = attachAll(target);
    expect(all.map(({ image }) => image).toSorted()).toEqual([libraryOf(one), libraryOf(other)].toSorted());
    expect(all.map(({ version }) => version.micro).toSorted()).toEqual([one, other].map(({ version }) => version.micro).toSorted());
    for (const found of all) expect(namesOf(readStacks(found))).toEqual([SLEEPING]);
    const ids = all.flatMap((found) => readStacks(found).map(({ osThreadId }) => osThreadId));
    expect(new Set(ids).size).toBe(2);
    const { profile } = await record({ pid: place.pid(), rate: 100, duration: 0.3, idle: true }).result;
    const second = all[1]?.version;
    expect(profile.toData().threads.map(named)).toEqual(
      all.flatMap((found) => readStacks(found).map((stack) => named(stack) + (found.version === second ? ` (Python ${formatVersion(found.version)})` : ""))),
    );
    for (const python of [one, other]) {
      expect(formatVersion(attach(target, { image: libraryOf(python) }).version)).toBe(versionOf(python));
    }
  });
});

function named({ osThreadId, name }: { readonly osThreadId: number; readonly name: string }): string {
  return `${osThreadId} ${name}`;
}
