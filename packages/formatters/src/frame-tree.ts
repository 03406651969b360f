import { type FrameId, type Profile, type StackId, StackTable } from "@pyspy/profile";
import { type FrameOrigin, frameOrigin } from "./frame-origin.ts";
import { frameText, type FrameView, viewFrame } from "./frame-view.ts";
import { rootFrames } from "./root-frame.ts";

/** A frame by its text alone. */
export interface TreeFrame {
  readonly text: string;
  readonly origin: FrameOrigin;
}

/**
 * All samples merged by the text of their frames. Columns are indexed by node, in preorder, siblings in order of their
 * texts; node 0 is the root, of no frame and depth 0. Samples of the empty stack are left out.
 */
export interface FrameTree {
  readonly size: number;
  readonly frames: readonly TreeFrame[];
  /** Place in `frames`; without meaning for the root. */
  readonly frame: Uint32Array;
  readonly depth: Uint32Array;
  /** Samples whose stack ends here, each counted by its weight: whole numbers, rounded so that the total holds. */
  readonly self: Float64Array;
  /** The same with all nodes below. */
  readonly total: Float64Array;
}

export function frameTree(profile: Profile, view: FrameView): FrameTree {
  const merged = mergeSamples(profile, view);
  const order = preorder(merged);
  const self = wholeNumbers(order.nodes, merged.weights);
  return { ...order, size: order.nodes.length, frames: merged.frames, self, total: subtotals(self, order.depth) };
}

interface MergedSamples {
  readonly frames: TreeFrame[];
  /** Stacks of places in `frames`. */
  readonly table: StackTable;
  /** Weight by stack in `table`. */
  readonly weights: ReadonlyMap<StackId, number>;
}

function mergeSamples(profile: Profile, view: FrameView): MergedSamples {
  const frames = new TextFrames();
  const table = new StackTable();
  const textOf = profile.frames.map((frame) => frames.add(frameText(viewFrame(frame, view)), frameOrigin(frame)));
  const rootOf = profile.threads.map((thread) =>
    rootFrames(profile, thread, view).reduce((root, { name }) => table.add(root, frames.add(name, "synthetic")), 0),
  );
  const weights = new Map<StackId, number>();
  for (const [root, stacks] of weightsByRoot(profile, rootOf)) {
    const nodeOf = new Map<StackId, StackId>([[0, root]]);
    for (const [stack, weight] of stacks) {
      const node = copyStack(profile, stack, table, textOf, nodeOf);
      weights.set(node, (weights.get(node) ?? 0) + weight);
    }
  }
  return { frames: frames.list, table, weights };
}

class TextFrames {
  readonly list: TreeFrame[] = [];
  readonly #places = new Map<string, number>();

  add(text: string, origin: FrameOrigin): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.list.length);
    return this.list.push({ text, origin }) - 1;
  }
}

function weightsByRoot(profile: Profile, rootOf: readonly StackId[]): Map<StackId, Map<StackId, number>> {
  const byRoot = new Map<StackId, Map<StackId, number>>();
  const samples = profile.samples();
  while (samples.next()) {
    const { stack } = samples;
    if (stack === 0) continue;
    const root = rootOf[samples.thread]!;
    let byStack = byRoot.get(root);
    if (byStack === undefined) byRoot.set(root, (byStack = new Map()));
    byStack.set(stack, (byStack.get(stack) ?? 0) + samples.weight);
  }
  return byRoot;
}

/** Adds the profile's `stack` to `table`, climbing only to the first caller that `nodeOf` knows. */
function copyStack(
  profile: Profile,
  stack: StackId,
  table: StackTable,
  textOf: readonly FrameId[],
  nodeOf: Map<StackId, StackId>,
): StackId {
  const missing: StackId[] = [];
  let at = stack;
  while (!nodeOf.has(at)) {
    missing.push(at);
    at = profile.stackParent(at);
  }
  let node = nodeOf.get(at)!;
  while (missing.length > 0) {
    at = missing.pop()!;
    node = table.add(node, textOf[profile.stackFrame(at)]!);
    nodeOf.set(at, node);
  }
  return node;
}

interface Preorder {
  /** Stack in the table, by node. */
  readonly nodes: Uint32Array;
  readonly frame: Uint32Array;
  readonly depth: Uint32Array;
}

function preorder({ table, frames }: MergedSamples): Preorder {
  const { firstChild, nextSibling } = children(table, frames);
  const nodes = new Uint32Array(table.size);
  const frame = new Uint32Array(table.size);
  const depth = new Uint32Array(table.size);
  const path: StackId[] = [];
  for (let index = 1, next = firstChild[0]!; ; ) {
    if (next === 0) {
      const done = path.pop();
      if (done === undefined) return { nodes, frame, depth };
      next = nextSibling[done]!;
      continue;
    }
    path.push(next);
    nodes[index] = next;
    frame[index] = table.frame(next);
    depth[index] = path.length;
    index++;
    next = firstChild[next]!;
  }
}

/** Lists of children in order of their texts; 0 ends a list. */
function children(table: StackTable, frames: readonly TreeFrame[]): { firstChild: Uint32Array; nextSibling: Uint32Array } {
  const firstChild = new Uint32Array(table.size);
  const nextSibling = new Uint32Array(table.size);
  const rank = ranks(frames);
  const nodes = Uint32Array.from({ length: table.size - 1 }, (_, index) => index + 1);
  nodes.sort((a, b) => rank[table.frame(b)]! - rank[table.frame(a)]!);
  for (const node of nodes) {
    const parent = table.parent(node);
    nextSibling[node] = firstChild[parent]!;
    firstChild[parent] = node;
  }
  return { firstChild, nextSibling };
}

function ranks(frames: readonly TreeFrame[]): Uint32Array {
  const places = frames.map((_, place) => place);
  places.sort((a, b) => (frames[a]!.text < frames[b]!.text ? -1 : 1));
  const rank = new Uint32Array(frames.length);
  for (const [position, place] of places.entries()) rank[place] = position;
  return rank;
}

/** Rounds the running sum, not each number: no total is ever off by more than a half. */
function wholeNumbers(nodes: Uint32Array, weights: ReadonlyMap<StackId, number>): Float64Array {
  const self = new Float64Array(nodes.length);
  let sum = 0;
  let rounded = 0;
  for (let index = 0; index < nodes.length; index++) {
    sum += weights.get(nodes[index]!) ?? 0;
    self[index] = Math.round(sum) - rounded;
    rounded += self[index]!;
  }
  return self;
}

function subtotals(self: Float64Array, depth: Uint32Array): Float64Array {
  const total = self.slice();
  const open: number[] = [];
  for (let index = 0; index < total.length; index++) {
    while (open.length > depth[index]!) closeInto(total, open);
    open.push(index);
  }
  while (open.length > 1) closeInto(total, open);
  return total;
}

function closeInto(total: Float64Array, open: number[]): void {
  const node = open.pop()!;
  total[open.at(-1)!]! += total[node]!;
}
