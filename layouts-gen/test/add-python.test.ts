import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { findIncludeDirectories } from "../headers.ts";
import { versions } from "../versions.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const newest = versions.at(-1) ?? { major: 3, minor: 0 };
const next = newest.minor + 1;
const hasCompiler = spawnSync("gcc", ["--version"], { timeout: 10_000 }).status === 0;
/** Beside the clone, where there is one; else headers from pyenv or `PYSPY_PYTHONS` do. */
const archive = join(root, "..", "shared", "pythons", "debian-sid-x64.tar.xz");
const found = findIncludeDirectories().find((path) => path.endsWith(`/python3.${newest.minor}`));

/** What CONTRIBUTING.md calls "Add a Python", with headers of the newest one that say they are the next one's. */
describe.skipIf(!hasCompiler || (found === undefined && !existsSync(archive)))(`the next Python [needs gcc, and headers of 3.${newest.minor}]`, () => {
  const work = mkdtempSync(join(tmpdir(), "layouts-next-"));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it("takes one line, and layouts-gen writes its table", () => {
    const copy = copyOfRepository(join(work, "copy"));
    const include = pretendHeaders(found === undefined ? unpacked(join(work, "archive")) : dirname(dirname(found)), join(work, "prefix"));
    const list = join(copy, "layouts-gen", "versions.ts");
    const last = `  { major: 3, minor: ${newest.minor} },\n`;
    writeFileSync(list, readFileSync(list, "utf8").replace(last, `${last}  { major: 3, minor: ${next} },\n`));

    const node = ["--conditions=@pyspy/source", "--no-warnings"];
    execFileSync(process.execPath, [...node, join(copy, "layouts-gen", "main.ts"), "--include", include], { timeout: 60_000, stdio: "pipe" });
    expect(changedFiles(copy)).toEqual([
      "layouts-gen/versions.ts", `packages/layouts/src/generated/cpython-3.${next}.ts`, "packages/layouts/src/generated/index.ts",
    ]);

    const question = `import { layoutFor } from ${JSON.stringify(join(copy, "packages/layouts/src/index.ts"))};
      const [before, after] = [${newest.minor}, ${next}].map((minor) => layoutFor({ major: 3, minor }));
      console.log(JSON.stringify([after.version, after.threadState.currentFrame === before.threadState.currentFrame, after.traits.lineTable]));`;
    const said = execFileSync(process.execPath, [...node, "--input-type=module", "-e", question], { encoding: "utf8", timeout: 30_000 });
    expect(JSON.parse(said)).toEqual([{ major: 3, minor: next }, true, "locations"]);
  });
});

function copyOfRepository(copy: string): string {
  for (const part of ["layouts-gen", "packages/layouts/src"]) {
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: (path) => !path.endsWith("node_modules") });
  }
  cpSync(join(root, "packages/layouts/package.json"), join(copy, "packages/layouts/package.json"));
  symlinkSync(join(root, "layouts-gen", "node_modules"), join(copy, "layouts-gen", "node_modules"));
  return copy;
}

/** The prefix in the archive, of which only what is needed is unpacked. */
function unpacked(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const wanted = [`*usr/include/python3.${newest.minor}/*`, `*usr/lib/python3.${newest.minor}/_sysconfigdata*`];
  execFileSync("tar", ["-xJf", archive, "-C", folder, "--wildcards", ...wanted], { timeout: 120_000, stdio: "pipe" });
  return join(folder, "usr");
}

/** An installation's headers, and the data that its pyconfig.h may have to be completed from, under the next version's name. */
function pretendHeaders(installed: string, made: string): string {
  const include = join(made, "include", `python3.${next}`);
  cpSync(realpathSync(join(installed, "include", `python3.${newest.minor}`)), include, { recursive: true });
  const patchlevel = join(include, "patchlevel.h");
  writeFileSync(patchlevel, readFileSync(patchlevel, "utf8").replace(/(PY_MINOR_VERSION\s+)\d+/, `$1${next}`));
  const [from, to] = [newest.minor, next].map((minor, index) => join(index === 0 ? installed : made, "lib", `python3.${minor}`)) as [string, string];
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (name.startsWith("_sysconfigdata")) cpSync(join(from, name), join(to, name));
  return include;
}

function changedFiles(copy: string): string[] {
  const files = readdirSync(copy, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => relative(copy, join(parentPath, name)));
  return paths.filter((path) => !existsSync(join(root, path)) || !readFileSync(join(root, path)).equals(readFileSync(join(copy, path)))).sort();
}
