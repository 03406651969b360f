import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { PackedPackage } from "./pack-packages.ts";

/** The first TypeScript block of a package's README. Throws if there is none. */
export function readmeExample({ folder, name }: PackedPackage): string {
  const text = readFileSync(join(folder, "README.md"), "utf8");
  const example = /^```ts\n(.*?)^```$/ms.exec(text)?.[1];
  if (example === undefined) throw new Error(`the README of ${name} has no example`);
  return example;
}
