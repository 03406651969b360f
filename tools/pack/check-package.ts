import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { workspaceRoot } from "@pyspy/test-fixtures";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

import type { PackedPackage } from "./pack-packages.ts";

const attw = join(workspaceRoot, "tools", "node_modules", ".bin", "attw");

/** What publint and "are the types wrong" say against a packed package. */
export async function checkPackage(packed: PackedPackage): Promise<readonly string[]> {
  const { tarball, name } = packed;
  const bytes = new Uint8Array(readFileSync(tarball)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  const found = messages.map((message) => `${name}: publint: ${formatMessage(message, pkg) ?? message.code}`);
  return packed.isLibrary ? [...found, ...wrongTypes(packed)] : found;
}

function wrongTypes({ name, tarball }: PackedPackage): readonly string[] {
  const args = [tarball, "--profile", "esm-only", "--no-color", "--no-emoji"];
  const { status, stdout, stderr } = spawnSync(attw, args, { encoding: "utf8", timeout: 120_000 });
  return status === 0 ? [] : [`${name}: attw: ${stdout}${stderr}`];
}
