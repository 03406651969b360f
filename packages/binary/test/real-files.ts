import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";

export function has(tool: string): boolean {
  const result = spawnSync(tool, ["--version"], { stdio: "ignore", timeout: 10_000 });
  return result.error === undefined && result.status === 0;
}

/** Standard output of a program that has to succeed within 20 s. */
export function run(tool: string, args: readonly string[], cwd?: string): string {
  return execFileSync(tool, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
    maxBuffer: 0x1000_0000,
    env: { ...process.env, LC_ALL: "C" },
    ...(cwd === undefined ? {} : { cwd }),
  });
}

export function inTemporaryFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-binary-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");

/** Every pyenv's `libpythonX.Y.so.1.0`, oldest first. */
export const libpythons: readonly string[] = (existsSync(versions) ? readdirSync(versions) : [])
  .flatMap((version) => {
    const lib = join(versions, version, "lib");
    const names = existsSync(lib) ? readdirSync(lib) : [];
    return names.filter((name) => /^libpython\d\.\d+m?\.so\.1\.0$/.test(name)).map((name) => join(lib, name));
  })
  .sort((one, other) => one.localeCompare(other, "en", { numeric: true }));

/** libpython of a minor version, if pyenv has one. */
export function libpython(version: string): string | undefined {
  return libpythons.find((path) => path.endsWith(`libpython${version}.so.1.0`));
}

/** The C library that this process has mapped. */
export function mappedLibc(): string | undefined {
  if (!existsSync("/proc/self/maps")) return undefined;
  return /(\/\S*\/(?:libc\.so\.6|libc-[\d.]+\.so|ld-musl\S*|libc\.musl\S*))$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[1];
}

const require = createRequire(import.meta.url);

/** Real DLLs and bundles: what koffi ships for that system. */
export function koffi(target: string): string {
  const manifest = require.resolve(`@koromix/koffi-${target}/package.json`);
  return join(dirname(manifest), target.replace("-", "_"), "koffi.node");
}

export const peFiles: readonly string[] = ["win32-x64", "win32-ia32", "win32-arm64"].map(koffi);
export const machOFiles: readonly string[] = ["darwin-x64", "darwin-arm64"].map(koffi);
