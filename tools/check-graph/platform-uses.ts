import { children, isNode, type Node } from "./syntax-tree.ts";

const modules = new Set(["os", "node:os", "process", "node:process"]);

/** Offsets at which `process.platform` or `os.platform` is looked at, under whatever names these were imported. */
export function findPlatformUses(root: Node): readonly number[] {
  const offsets: number[] = [];
  const imported = importedNames(root, offsets);
  const names = declares(root, "process", true) ? imported : new Set([...imported, "process"]);
  visit(root, names, offsets);
  return offsets;
}

/** Local names of those modules; a `platform` taken from them is a use by itself. */
function importedNames(root: Node, offsets: number[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of root["body"] as Node[]) {
    if (statement.type !== "ImportDeclaration" || !modules.has(String((statement["source"] as Node)["value"]))) continue;
    for (const specifier of statement["specifiers"] as Node[]) {
      if (specifier.type !== "ImportSpecifier") names.add(nameOf(specifier["local"]));
      else if (nameOf(specifier["imported"]) === "platform") offsets.push(statement.start);
    }
  }
  return names;
}

function visit(node: Node, names: ReadonlySet<string>, offsets: number[]): void {
  const inside = "params" in node ? new Set([...names].filter((name) => !declares(node, name, false))) : names;
  if (asksPlatform(node, inside)) offsets.push(node.start);
  for (const child of children(node)) visit(child, inside, offsets);
}

function asksPlatform(node: Node, names: ReadonlySet<string>): boolean {
  if (node.type === "MemberExpression") return isModule(node["object"], names) && keyOf(node["property"]) === "platform";
  if (node.type !== "VariableDeclarator" || !isModule(node["init"], names)) return false;
  const pattern = node["id"] as Node;
  return pattern.type === "ObjectPattern" && (pattern["properties"] as Node[]).some((p) => keyOf(p["key"]) === "platform");
}

function isModule(node: unknown, names: ReadonlySet<string>): boolean {
  if (!isNode(node)) return false;
  if (node.type === "Identifier") return names.has(nameOf(node));
  return node.type === "MemberExpression" && nameOf(node["object"]) === "globalThis" && keyOf(node["property"]) === "process";
}

/** Whether a function (or the module's top level) has a parameter or variable of that name, such as our own `Process`. */
function declares(scope: Node, name: string, topLevel: boolean): boolean {
  const bindings = (node: Node): boolean => {
    if (node.type === "VariableDeclarator") return binds(node["id"] as Node, name);
    if ("params" in node && (topLevel || node !== scope)) return false;
    return children(node).some(bindings);
  };
  const params = topLevel ? [] : (scope["params"] as Node[]);
  return params.some((param) => binds(param, name)) || bindings(scope);
}

function binds(pattern: Node, name: string): boolean {
  switch (pattern.type) {
    case "Identifier":
      return pattern["name"] === name;
    case "AssignmentPattern":
      return binds(pattern["left"] as Node, name);
    case "RestElement":
      return binds(pattern["argument"] as Node, name);
    case "Property":
      return binds(pattern["value"] as Node, name);
    case "ObjectPattern":
    case "ArrayPattern":
      return children(pattern).some((child) => binds(child, name));
    default:
      return false;
  }
}

function nameOf(node: unknown): string {
  return isNode(node) ? String(node["name"]) : "";
}

function keyOf(node: unknown): string {
  return isNode(node) ? String(node["name"] ?? node["value"]) : "";
}
