import { parseSync } from "oxc-parser";

import { findPlatformUses } from "./platform-uses.ts";
import { children, isNode, type Node } from "./syntax-tree.ts";

/** An import of any kind: static, type-only, re-export, dynamic, `require`. */
export interface Import {
  /** What is imported; undefined if computed. */
  readonly specifier: string | undefined;
  readonly line: number;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** Path from the root of the tree, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Lines that ask for the platform that Node runs on. */
  readonly platformUses: readonly number[];
}

/** Parses TypeScript or JavaScript. Throws with path and reason if it can't be parsed. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new SyntaxError(`${path}: ${errors[0].message}`);
  const lineAt = lineFinder(text);
  const root = program as unknown as Node;
  return {
    path,
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    imports: findImports(root).map(({ specifier, typeOnly, start }) => ({ specifier, typeOnly, line: lineAt(start) })),
    platformUses: findPlatformUses(root).map(lineAt),
  };
}

function lineFinder(text: string): (offset: number) => number {
  return (offset) => text.slice(0, offset).split("\n").length;
}

type Found = Omit<Import, "line"> & { readonly start: number };

function findImports(root: Node): readonly Found[] {
  const found: Found[] = [];
  const requires = new Set(["require"]);
  const visit = (node: Node): void => {
    const source = importedBy(node, requires);
    if (source !== undefined) found.push({ specifier: literal(source), start: node.start, typeOnly: isTypeOnly(node) });
    if (node.type === "VariableDeclarator" && isCallOf(node["init"], "createRequire")) {
      requires.add(String((node["id"] as Node)["name"]));
    }
    for (const child of children(node)) visit(child);
  };
  visit(root);
  return found;
}

/** The expression that says what the node imports; undefined if the node is no import. */
function importedBy(node: Node, requires: ReadonlySet<string>): Node | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return isNode(node["source"]) ? node["source"] : undefined;
    case "TSExternalModuleReference":
      return node["expression"] as Node;
    case "CallExpression":
      return isRequire(node["callee"], requires) ? ((node["arguments"] as Node[])[0] ?? node) : undefined;
    default:
      return undefined;
  }
}

function isTypeOnly(node: Node): boolean {
  return node.type === "TSImportType" || node["importKind"] === "type" || node["exportKind"] === "type";
}

function isRequire(callee: unknown, requires: ReadonlySet<string>): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === "Identifier") return requires.has(String(callee["name"]));
  return isCallOf(callee, "createRequire");
}

function isCallOf(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "CallExpression" && (node["callee"] as Node)["name"] === name;
}

function literal(node: Node): string | undefined {
  return node.type === "Literal" && typeof node["value"] === "string" ? node["value"] : undefined;
}
