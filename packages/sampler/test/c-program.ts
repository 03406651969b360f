import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Python, pythons, workspaceRoot } from "@pyspy/test-fixtures";
import { unsupported } from "./supported.ts";

export type Linking = "static" | "shared";

/** Compiles a program of `test-fixtures/c` to `output`. */
export function compile(program: "embed.c" | "load.c", output: string, flags: readonly string[] = []): string {
  execFileSync("cc", ["-O1", "-w", "-o", output, join(workspaceRoot, "test-fixtures", "c", program), ...flags], { timeout: 120_000 });
  return output;
}

/** Options that link a Python in; static, its archive and what that needs. */
export function linkFlags(python: Python, linking: Linking): string[] {
  const system = ["-lpthread", "-ldl", "-lutil", "-lm"];
  if (linking === "static") return ["-rdynamic", archiveOf(python), ...system];
  const folder = join(prefixOf(python), "lib");
  return [libraryOf(python), `-Wl,-rpath,${folder}`, ...system];
}

export function prefixOf(python: Python): string {
  return dirname(dirname(python.executable));
}

/** The shared libpython of a Python that is not static; "" where there is none. */
export function libraryOf(python: Python): string {
  const folder = join(prefixOf(python), "lib");
  const name = existsSync(folder) ? readdirSync(folder).find((each) => /^libpython\d\.\d+[a-z]*\.so\.1\.0$/.test(each)) : undefined;
  return name === undefined ? "" : join(folder, name);
}

/** `libpythonX.Y.a`; "" where there is none. */
function archiveOf(python: Python): string {
  const { major, minor } = python.version;
  const library = join(prefixOf(python), "lib", `python${major}.${minor}`);
  const folder = existsSync(library) ? readdirSync(library).find((name) => name.startsWith(`config-${major}.${minor}`)) : undefined;
  const archive = folder === undefined ? "" : join(library, folder, `libpython${major}.${minor}.a`);
  return existsSync(archive) ? archive : "";
}

/** Supported Pythons with a shared libpython and an archive of it to link, in our own root. */
export function linkable(): Python[] {
  return pythons().filter((python) => unsupported(python) === "" && python.root === "" && libraryOf(python) !== "" && archiveOf(python) !== "");
}

export function hasTool(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
