import type { Package } from "./read-tree.ts";
import { emptyWords, generatedFolder, maximumLines, platformFile } from "./rules.ts";
import type { SourceFile } from "./source-file.ts";

/** What is wrong with a file by itself: its name, its length, asking for the platform; as "file:line: reason". */
export function checkFiles(packages: readonly Package[]): readonly string[] {
  const checks = [nameOf, lengthOf, platformIn];
  return packages.flatMap((pkg) => pkg.files.flatMap((file) => checks.flatMap((check) => check(file))));
}

function nameOf({ path }: SourceFile): readonly string[] {
  const words = path.split(/[/.-]/);
  const empty = words.find((word) => emptyWords.includes(word));
  return empty === undefined ? [] : [`${path}:1: "${empty}" says nothing of what is in it`];
}

function lengthOf({ path, lines }: SourceFile): readonly string[] {
  if (lines <= maximumLines || path.includes(generatedFolder)) return [];
  return [`${path}:${maximumLines + 1}: ${lines} lines, of at most ${maximumLines}`];
}

function platformIn({ path, platformUses }: SourceFile): readonly string[] {
  if (!/^packages\/[^/]+\/src\//.test(path) || path === platformFile) return [];
  return platformUses.map((line) => `${path}:${line}: only ${platformFile} asks for the platform`);
}
