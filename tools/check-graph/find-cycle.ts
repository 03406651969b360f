/** What each node points at. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** One cycle, as its nodes in order with the first one again at the end; undefined if there is none. */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const cycle = follow(graph, start, [], done);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function follow(graph: Graph, node: string, path: readonly string[], done: Set<string>): readonly string[] | undefined {
  const seen = path.indexOf(node);
  if (seen >= 0) return [...path.slice(seen), node];
  if (done.has(node)) return undefined;
  for (const next of graph.get(node) ?? []) {
    const cycle = follow(graph, next, [...path, node], done);
    if (cycle !== undefined) return cycle;
  }
  done.add(node);
  return undefined;
}
