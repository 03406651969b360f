import { posix } from "node:path";

import { isTest } from "./is-test.ts";
import type { Package } from "./read-tree.ts";
import { allowedImports } from "./rules.ts";
import type { Import, SourceFile } from "./source-file.ts";

/** Imports that the design forbids, as "file:line: reason". */
export function checkImports(packages: readonly Package[]): readonly string[] {
  return packages.flatMap((pkg) =>
    pkg.files.flatMap((file) =>
      file.imports.flatMap((found) => {
        const reason = whyForbidden(pkg, file, found);
        return reason === "" ? [] : [`${file.path}:${found.line}: ${reason}`];
      }),
    ),
  );
}

function whyForbidden(pkg: Package, file: SourceFile, { specifier }: Import): string {
  if (isFree(pkg, file)) return "";
  if (specifier === undefined) return file.path.startsWith("packages/") && !isTest(file.path) ? "imports something computed" : "";
  if (specifier.startsWith("node:")) return "";
  if (specifier.startsWith(".")) return staysInside(pkg, file, specifier) ? "" : `${specifier} leaves ${pkg.folder}`;
  const name = packageOf(specifier);
  return isTest(file.path) ? whyNotInTest(pkg, name) : whyNotInSource(pkg, name);
}

/** What is never shipped: tools, test programs, and a package's own build settings. */
function isFree(pkg: Package, file: SourceFile): boolean {
  return pkg.folder === "tools" || pkg.folder === "test-fixtures" || file.path.endsWith(".config.ts");
}

function staysInside(pkg: Package, file: SourceFile, specifier: string): boolean {
  const target = posix.join(posix.dirname(file.path), specifier);
  const inside = isTest(file.path) || pkg.folder === "layouts-gen" ? pkg.folder : `${pkg.folder}/src`;
  return target.startsWith(`${inside}/`) || target === `${pkg.folder}/package.json`;
}

function whyNotInTest(pkg: Package, name: string): string {
  const allowed = name === pkg.name || name === "vitest" || pkg.dependencies.includes(name);
  return allowed ? "" : `${name} is no dependency of ${pkg.name}`;
}

function whyNotInSource(pkg: Package, name: string): string {
  const { workspace, external } = allowedImports[pkg.folder] ?? { workspace: [], external: [] };
  return [...workspace, ...external].includes(name) ? "" : `${pkg.name} may not import ${name}`;
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
