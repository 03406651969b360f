import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseSource, type SourceFile } from "./source-file.ts";

/** A folder with a package.json, and its files. */
export interface Package {
  /** "packages/binary", "tools". */
  readonly folder: string;
  /** "@pyspy/binary". */
  readonly name: string;
  /** Names of all its dependencies, also those for development. */
  readonly dependencies: readonly string[];
  readonly files: readonly SourceFile[];
}

/** Reads every package of the workspace at `root`. */
export function readTree(root: string): readonly Package[] {
  const folders = [...namesIn(root, "packages").map((name) => `packages/${name}`), "layouts-gen", "tools", "test-fixtures"];
  return folders.filter((folder) => existsSync(join(root, folder, "package.json"))).map((folder) => readPackage(root, folder));
}

function readPackage(root: string, folder: string): Package {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Record<string, unknown>;
  const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
  return {
    folder,
    name: String(manifest["name"]),
    dependencies: kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {})),
    files: sources(root, folder).map((path) => parseSource(path, readFileSync(join(root, path), "utf8"))),
  };
}

function sources(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["node_modules", "dist", ".turbo"].includes(entry.name) ? [] : sources(root, path);
    return /\.m?[jt]s$/.test(entry.name) ? [path] : [];
  });
}

function namesIn(root: string, folder: string): readonly string[] {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).toSorted() : [];
}
