import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import type { PackedPackage } from "./pack-packages.ts";

/** A project of somebody else's, which has installed our packages with npm. */
export interface Consumer {
  readonly folder: string;
  /** Runs a command there with that folder first on the path, and the project's own commands next. */
  run(nodeFolder: string, command: string, ...args: readonly string[]): Result;
  remove(): void;
}

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function makeConsumer(packages: readonly PackedPackage[]): Consumer {
  const folder = mkdtempSync(join(tmpdir(), "pyspy-consumer-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const args = ["install", "--silent", "--no-audit", "--no-fund", ...packages.map((packed) => packed.tarball)];
  execFileSync("npm", args, { cwd: folder, timeout: 180_000, stdio: ["ignore", "ignore", "inherit"] });
  const bin = join(folder, "node_modules", ".bin");
  return {
    folder,
    run: (nodeFolder, command, ...rest) => {
      const PATH = [nodeFolder, bin, process.env["PATH"]].join(delimiter);
      return spawnSync(command, rest, { cwd: folder, env: { ...process.env, PATH }, encoding: "utf8", timeout: 60_000 });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
