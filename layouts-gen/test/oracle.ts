import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Field } from "../fields.ts";

/** Beside the clone, where there is one: `VERSION-TARGET.json` each, taken from debug information. */
const archive = fileURLToPath(new URL("../../../shared/reference/layouts.tar.xz", import.meta.url));

/** `{ struct: { size, f: { member: [offset, size, type] } } }`. */
type Structs = Readonly<Record<string, { readonly size: number; readonly f: Readonly<Record<string, readonly [number, number, string]>> }>>;

/** What debug information of one build says. */
export interface OracleBuild {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  readonly target: string;
  readonly freeThreaded: boolean;
  readonly structs: Structs;
}

const targets: Readonly<Record<string, string>> = {
  "amd64": "linux-x64", "pyenv": "linux-x64", "src": "linux-x64", "arm64": "linux-arm64", "armhf": "linux-arm", "i386": "linux-ia32", "win-x86_64": "win32-x64",
};

/** Every build that the oracle knows; none where it is not there. */
export function readOracle(): readonly OracleBuild[] {
  if (!existsSync(archive)) return [];
  const folder = mkdtempSync(join(tmpdir(), "layouts-oracle-"));
  try {
    execFileSync("tar", ["-xJf", archive, "-C", folder], { timeout: 60_000 });
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json")).sort();
    return files.map((file) => readBuild(folder, file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readBuild(folder: string, file: string): OracleBuild {
  const [, name = "", major, minor, micro, where = "", free] = /(?:^|\/)((\d)\.(\d+)\.(\d+)-(.+?)(FT)?)\.json$/.exec(file) ?? [];
  const target = targets[where];
  if (target === undefined) throw new Error(`${file}: no name of a build`);
  const structs = JSON.parse(readFileSync(join(folder, file), "utf8")) as Structs;
  return { name, major: Number(major), minor: Number(minor), micro: Number(micro), target, freeThreaded: free !== undefined, structs };
}

/** What the oracle says of a field; `undefined` where it lacks the struct, or a struct inside it has no name. */
export function oracleNumber({ structs }: OracleBuild, { type, member }: Field): number | undefined {
  const struct = structOf(structs, type);
  if (struct === undefined || member === undefined) return struct?.size;
  return memberOffset(structs, struct, member.split("."));
}

function memberOffset(structs: Structs, struct: Structs[string], path: readonly string[]): number | undefined {
  const found = struct.f[path[0] ?? ""];
  if (found === undefined || path.length === 1) return found?.[0];
  const inner = structOf(structs, found[2]);
  const offset = inner && memberOffset(structs, inner, path.slice(1));
  return offset === undefined ? undefined : found[0] + offset;
}

function structOf(structs: Structs, type: string): Structs[string] | undefined {
  return structs[type] ?? structs[type.replace(/^struct /, "")] ?? structs[`struct ${type}`];
}
