/** A node of an ESTree; what else it has depends on its type. */
export interface Node {
  readonly type: string;
  /** Offset in the text. */
  readonly start: number;
  readonly [property: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

export function children(node: Node): readonly Node[] {
  return Object.values(node).flat().filter(isNode);
}
