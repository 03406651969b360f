import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openProcess } from "@pyspy/process";
import { attach } from "@pyspy/sampler";
import { type Python, pythons } from "@pyspy/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { libraryOf, prefixOf } from "./c-program.ts";
import { namesOf, type Place, SLEEPER, SLEEPING, sleepingStacks, startPlace } from "./place.ts";
import { unsupported } from "./supported.ts";

const folder = mkdtempSync(join(tmpdir(), "pyspy-places-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let places = 0;

/** A new empty folder. */
function newFolder(): string {
  const path = join(folder, String(places++));
  mkdirSync(path);
  return path;
}

const ours = pythons().filter((python) => unsupported(python) === "" && python.root === "");
const shared = ours.filter((python) => !python.isStatic && libraryOf(python) !== "");
/** The oldest and the newest of each kind: the others differ in nothing that matters here. */
const chosen = [...new Set([shared[0], shared.at(-1), ...ours.filter(({ isStatic }) => isStatic)].filter((python) => python !== undefined))];

/** Where a Python's own files are looked for when its executable is elsewhere. */
function homeOf(python: Python): Record<string, string> {
  return { PYTHONHOME: prefixOf(python) };
}

/** Copies the executable and its libpython, if it has one, which is then found first. */
function copyOf(python: Python, name = basename(python.executable)): { executable: string; library: string; env: Record<string, string> } {
  const to = newFolder();
  const executable = join(to, name);
  copyFileSync(python.executable, executable);
  if (python.isStatic) return { executable, library: "", env: homeOf(python) };
  const library = join(to, basename(libraryOf(python)));
  copyFileSync(libraryOf(python), library);
  return { executable, library, env: { ...homeOf(python), LD_LIBRARY_PATH: to, LD_PRELOAD: library } };
}

async function expectFound(place: Place, python: Python, image: string): Promise<void> {
  using target = openProcess(place.pid());
  const found = attach(target);
  expect(found).toMatchObject({ image, version: { major: python.version.major, minor: python.version.minor, micro: python.version.micro } });
  expect(namesOf(await sleepingStacks(target))).toEqual([SLEEPING]);
}

describe.each(chosen.map((python) => [python.label, python] as const))("%s", (_, python) => {
  const image = python.isStatic ? python.executable : libraryOf(python);

  const venv = python.version.major >= 3 ? "" : " [needs Python 3]";
  it.skipIf(venv !== "")(`in a virtual environment${venv}`, async () => {
    const prefix = newFolder();
    execFileSync(python.command[0] as string, ["-m", "venv", "--without-pip", "--symlinks", prefix], { timeout: 60_000 });
    await using place = startPlace([join(prefix, "bin", "python"), "-c", SLEEPER]);
    await place.line();
    await expectFound(place, python, image);
  });

  it.skipIf(venv !== "")(`in a virtual environment of copies${venv}`, async () => {
    const prefix = newFolder();
    execFileSync(python.command[0] as string, ["-m", "venv", "--without-pip", "--copies", prefix], { timeout: 60_000 });
    await using place = startPlace([join(prefix, "bin", "python"), "-c", SLEEPER]);
    await place.line();
    await expectFound(place, python, python.isStatic ? join(prefix, "bin", "python") : image);
  });

  it("in a prefix of its own, as conda has them", async () => {
    const prefix = newFolder();
    const { executable } = python;
    mkdirSync(join(prefix, "bin"));
    mkdirSync(join(prefix, "lib"));
    copyFileSync(executable, join(prefix, "bin", basename(executable)));
    symlinkSync(basename(executable), join(prefix, "bin", "python"));
    const standard = `python${python.version.major}.${python.version.minor}${python.freeThreaded ? "t" : ""}`;
    symlinkSync(join(prefixOf(python), "lib", standard), join(prefix, "lib", standard));
    await using place = startPlace([join(prefix, "bin", "python"), "-c", SLEEPER]);
    await place.line();
    await expectFound(place, python, python.isStatic ? join(prefix, "bin", basename(executable)) : image);
  });

  it("whose files have been deleted since", async () => {
    const { executable, library, env } = copyOf(python);
    await using place = startPlace([executable, "-c", SLEEPER], { env });
    await place.line();
    rmSync(dirname(executable), { recursive: true });
    await expectFound(place, python, library || executable);
  });

  it("whose files have been replaced since by those of another version", async () => {
    const { executable, library, env } = copyOf(python);
    await using place = startPlace([executable, "-c", SLEEPER], { env });
    await place.line();
    const other = ours.find((each) => each.version.minor !== python.version.minor && each.executable !== python.executable) ?? python;
    for (const path of [executable, library].filter(Boolean)) {
      copyFileSync(path === library && !other.isStatic ? libraryOf(other) : other.executable, `${path}.new`);
      renameSync(`${path}.new`, path);
    }
    await expectFound(place, python, library || executable);
  });

  it("under another name", async () => {
    const { executable, library, env } = copyOf(python, "gunicorn: master");
    await using place = startPlace([executable, "-c", SLEEPER], { env });
    await place.line();
    await expectFound(place, python, library || executable);
  });

  it("started through the dynamic linker, under any name", async () => {
    for (const name of [basename(python.executable), "service"]) {
      const { executable, library, env } = copyOf(python, name);
      await using place = startPlace([dynamicLinker(python.executable), executable, "-c", SLEEPER], { env });
      await place.line();
      using target = openProcess(place.pid());
      expect(target.executable()).toMatch(/ld-linux|ld-2|ld-musl|ld\.so/);
      await expectFound(place, python, library || executable);
    }
  });

  it.skipIf(python.isStatic)(`unpacked to a temporary folder that is gone, as PyInstaller does${python.isStatic ? " [needs a shared libpython]" : ""}`, async () => {
    const temporary = join(newFolder(), "_MEIxyz123");
    mkdirSync(temporary);
    const library = join(temporary, basename(libraryOf(python)));
    copyFileSync(libraryOf(python), library);
    const bundle = join(newFolder(), "app");
    copyFileSync(python.executable, bundle);
    await using place = startPlace([bundle, "-c", SLEEPER], { env: { ...homeOf(python), LD_PRELOAD: library } });
    await place.line();
    rmSync(temporary, { recursive: true });
    await expectFound(place, python, library);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)(`whose files have been deleted, by a user who is not root${isRoot ? "" : " [needs root, to become another user]"}`, async () => {
    // What a user may not open any more is read from the process's memory: /proc/PID/map_files is for root only.
    const { executable, library, env: own } = copyOf(python);
    const env = { ...own, PYTHONHOME: standardLibraryOf(python) };
    execFileSync("chmod", ["-R", "a+rX", folder]);
    const program = fileURLToPath(new URL("programs/attach-own-child.ts", import.meta.url));
    const options = { encoding: "utf8", timeout: 60_000, env: { ...process.env, ...readable(env) } } as const;
    const output = execFileSync(process.execPath, ["--conditions=@pyspy/source", program, dirname(executable), JSON.stringify(env), executable, "-c", SLEEPER], options);
    const version = `${python.version.major}.${python.version.minor}.${python.version.micro}`;
    expect(JSON.parse(output)).toEqual({ names: [SLEEPING], image: library || executable, version });
  });
});

const pyenv = join(homedir(), ".pyenv", "bin", "pyenv");
const hasPyenv = existsSync(pyenv) && ours.some(({ label }) => label.endsWith("pyenv"));

it.skipIf(!hasPyenv)(`pyenv's shim, which becomes the Python${hasPyenv ? "" : " [needs pyenv]"}`, async () => {
  const python = ours.findLast(({ label }) => label.endsWith("pyenv")) as Python;
  const { major, minor, micro } = python.version;
  const env = { PYENV_VERSION: `${major}.${minor}.${micro}`, PATH: `${dirname(pyenv)}:${process.env["PATH"]}` };
  await using place = startPlace([join(homedir(), ".pyenv", "shims", `python${major}.${minor}`), "-c", SLEEPER], { env });
  await place.line();
  await expectFound(place, python, libraryOf(python) || realpathSync(python.executable));
});

/** A copy of what it takes to start, for users who may not read the original. */
function standardLibraryOf(python: Python): string {
  const home = newFolder();
  const name = `python${python.version.major}.${python.version.minor}${python.freeThreaded ? "t" : ""}`;
  const wanted = new Set(["encodings", "collections", "importlib", ...(python.version.major === 2 ? ["lib-dynload"] : [])]);
  const from = join(prefixOf(python), "lib", name);
  mkdirSync(join(home, "lib"));
  cpSync(from, join(home, "lib", name), { recursive: true, filter: (path) => dirname(path) !== from || path.endsWith(".py") || wanted.has(basename(path)) });
  return home;
}

/** PT_INTERP of an executable: the program that the kernel starts in its place. */
function dynamicLinker(executable: string): string {
  const output = execFileSync("readelf", ["-l", executable], { encoding: "utf8" });
  return /interpreter: ([^\]]+)\]/.exec(output)?.[1] ?? "";
}

/** Environment of the helper itself: it must not load what its child loads. */
function readable(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
}

