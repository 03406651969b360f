import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { workspaceRoot } from "@pyspy/test-fixtures";

/** A public package of this workspace, packed as it would be published. */
export interface PackedPackage {
  /** "@pyspy/binary". */
  readonly name: string;
  /** Its folder in the workspace. */
  readonly folder: string;
  /** Whether it can be imported; the command line can't. */
  readonly isLibrary: boolean;
  readonly tarball: string;
  /** Paths in the tarball, sorted. */
  readonly files: readonly string[];
}

/** Packs every public package into a folder. They must have been built. */
export function packPackages(destination: string): readonly PackedPackage[] {
  return publicFolders().map((folder) => pack(folder, destination));
}

function publicFolders(): readonly string[] {
  const packages = join(workspaceRoot, "packages");
  return readdirSync(packages)
    .toSorted()
    .map((name) => join(packages, name))
    .filter((folder) => existsSync(join(folder, "package.json")) && manifest(folder)["private"] !== true);
}

function pack(folder: string, destination: string): PackedPackage {
  if (!existsSync(join(folder, "dist"))) throw new Error(`${folder} has not been built: run "npm run build" first`);
  const pnpm = join(workspaceRoot, "node_modules", ".bin", "pnpm");
  const args = ["pack", "--json", "--pack-destination", destination];
  const packed = JSON.parse(execFileSync(pnpm, args, { cwd: folder, encoding: "utf8", timeout: 60_000 })) as PnpmPack;
  return {
    name: packed.name,
    folder,
    isLibrary: manifest(folder)["exports"] !== undefined,
    tarball: packed.filename,
    files: packed.files.map((file) => file.path).toSorted(),
  };
}

interface PnpmPack {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function manifest(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
}
