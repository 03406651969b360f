import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expand, type ShortTable } from "./shortened.ts";
import type { VersionTables } from "./tables.ts";

const directory = fileURLToPath(new URL("../packages/layouts/src/generated/", import.meta.url));

/** The tables there are, oldest version first; none where nothing was generated yet. */
export async function readTables(): Promise<readonly VersionTables[]> {
  const index = join(directory, "index.ts");
  if (!existsSync(index)) return [];
  const { versionTables } = (await import(pathToFileURL(index).href)) as { versionTables: readonly WrittenTables[] };
  return versionTables.map(({ major, minor, tables }) => ({ major, minor, tables: expand(tables) }));
}

type WrittenTables = Omit<VersionTables, "tables"> & { readonly tables: readonly ShortTable[] };

/** The text of a generated file, `undefined` where there is none. */
export function generatedText(name: string): string | undefined {
  const path = join(directory, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Writes what is not so already, and says which files those were. */
export function writeGenerated(files: ReadonlyMap<string, string>): string[] {
  mkdirSync(directory, { recursive: true });
  const changed = [...files].filter(([name, text]) => generatedText(name) !== text);
  for (const [name, text] of changed) writeFileSync(join(directory, name), text);
  return changed.map(([name]) => name);
}
