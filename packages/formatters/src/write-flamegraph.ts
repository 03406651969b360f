import type { Profile } from "@pyspy/profile";
import { inChunks } from "./chunks.ts";
import { clientScript, cutLabel } from "./flamegraph/client.ts";
import { origins, shadeOf } from "./flamegraph/colors.ts";
import { styleSheet } from "./flamegraph/style.ts";
import { subtitle } from "./flamegraph/subtitle.ts";
import { escapeXml, visible } from "./flamegraph/xml.ts";
import { type FrameTree, frameTree } from "./frame-tree.ts";
import { defaultFrameView, type FrameView } from "./frame-view.ts";

export interface FlamegraphOptions extends Partial<FrameView> {
  /** Root on top, callees below it (an icicle graph). True unless given. */
  readonly inverted?: boolean;
  /** Frames narrower than this percentage of the whole are left out. 0.1 unless given. */
  readonly minWidth?: number;
  /** In place of the profile's. */
  readonly title?: string;
}

/**
 * An interactive flame graph as one SVG file that needs nothing else: zoom, search, keyboard and address by its own
 * script, light and dark by the reader's system. Without a script it is a picture with tooltips.
 */
export function writeFlamegraph(profile: Profile, options: FlamegraphOptions = {}): Iterable<string> {
  return inChunks(flamegraphParts(profile, options));
}

/** Pixels. Frames fill 98 % of the width; labels that stand without a script fit at `defaultWidth`. */
const defaultWidth = 1200;
const rowHeight = 18;
const headHeight = 106;
const footHeight = 18;
const columnWidth = 7.25;

interface Picture {
  readonly tree: FrameTree;
  /** Nodes that are drawn, in preorder, and where each begins, in samples. */
  readonly nodes: readonly number[];
  readonly starts: readonly number[];
  readonly height: number;
  /** Top of the row at a depth. */
  readonly rowTop: (depth: number) => number;
}

function* flamegraphParts(profile: Profile, options: FlamegraphOptions): Iterable<string> {
  const inverted = options.inverted ?? true;
  const tree = frameTree(profile, { ...defaultFrameView, ...options });
  const picture = layOut(tree, options.minWidth ?? 0.1, inverted);
  const title = options.title ?? (profile.info.title || "pyspy profile");
  const root = `width="100%" height="${picture.height}" role="graphics-document document"`;
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" ${root} `;
  yield `aria-label="${escapeXml(`Flame graph: ${title}`)}" data-inverted="${inverted}">\n`;
  yield `<title>${escapeXml(title)}</title>\n<style>\n${styleSheet()}\n</style>\n`;
  yield `<rect class="page" width="100%" height="100%"/>\n`;
  yield `<g id="stage"><svg id="frames" x="1%" width="98%" height="${picture.height}">\n`;
  for (const index of picture.nodes.keys()) yield frameElement(picture, index);
  yield `</svg></g>\n<g id="foot">${emptyNote(tree)}</g>\n`;
  yield head(title, subtitle(profile, tree.total[0]!), tree);
  yield `<script><![CDATA[\n${clientScript().replaceAll("]]>", "]]\\x3e")}\n]]></script>\n</svg>\n`;
}

/** Decides what is drawn. A node too narrow is left out with all below it, which are narrower still. */
function layOut(tree: FrameTree, minWidth: number, inverted: boolean): Picture {
  const whole = tree.total[0]!;
  const nodes: number[] = [];
  const starts: number[] = [];
  /** Where the next child of the node open at each depth begins. */
  const next: number[] = [];
  let deepest = 0;
  for (let node = 0; node < (whole > 0 ? tree.size : 0); node++) {
    const depth = tree.depth[node]!;
    const total = tree.total[node]!;
    const start = depth === 0 ? 0 : next[depth - 1]!;
    if (depth > 0) next[depth - 1] = start + total;
    next[depth] = start;
    if (total === 0 || (total / whole) * 100 < minWidth) continue;
    nodes.push(node);
    starts.push(start);
    deepest = Math.max(deepest, depth);
  }
  const rows = deepest + 1;
  const rowTop = (depth: number): number => headHeight + (inverted ? depth : rows - 1 - depth) * rowHeight;
  return { tree, nodes, starts, height: headHeight + rows * rowHeight + footHeight, rowTop };
}

function frameElement({ tree, nodes, starts, rowTop }: Picture, index: number): string {
  const node = nodes[index]!;
  const start = starts[index]!;
  const depth = tree.depth[node]!;
  const count = tree.total[node]!;
  const whole = tree.total[0]!;
  const { text, origin } = depth === 0 ? { text: "all", origin: "synthetic" } : tree.frames[tree.frame[node]!]!;
  const share = count / whole;
  const left = Math.round((start / whole) * 1e6);
  const right = Math.round(((start + count) / whole) * 1e6);
  const place = `x="${left / 1e4}%" y="${rowTop(depth)}" width="${(right - left) / 1e4}%" height="${rowHeight - 1}"`;
  const title = `${text} (${samples(count)}, ${(share * 100).toFixed(2)}%)`;
  const label = cutLabel(visible(text), Math.floor((share * defaultWidth * 0.98 - 6) / columnWidth));
  return (
    `<g class="${origin}${shadeOf(text)}" data-f="${start} ${count} ${depth}"><title>${escapeXml(title)}</title>` +
    `<rect ${place} rx="2"/>` +
    (label === "" ? "" : `<svg ${place}><text x="4" y="13">${escapeXml(label)}</text></svg>`) +
    "</g>\n"
  );
}

function samples(count: number): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "sample" : "samples"}`;
}

/** Drawn last, so that the script can keep it in sight above the frames. */
function head(title: string, subtitleText: string, tree: FrameTree): string {
  const titleLabel = escapeXml(cutLabel(visible(title), 124));
  return (
    `<g id="head"><rect id="cover" class="page" width="100%" height="${headHeight - 2}"/>\n` +
    `<text id="title" x="1%" y="28" data-text="${escapeXml(title)}">${titleLabel}</text>\n` +
    `<text id="subtitle" x="1%" y="49" data-text="${escapeXml(subtitleText)}">${escapeXml(subtitleText)}</text>\n` +
    `${legend(tree)}\n<text id="details" x="1%" y="95"/></g>\n`
  );
}

function legend(tree: FrameTree): string {
  const present = new Set(tree.frames.map(({ origin }) => origin));
  const entries = origins.filter(({ origin }) => present.has(origin) || origin === "own");
  const items = entries.map(
    ({ origin, label }, index) =>
      `<g class="${origin}2" transform="translate(${index * 68} 0)"><rect y="60" width="12" height="12" rx="3"/>` +
      `<text x="17" y="70">${label}</text></g>`,
  );
  return `<svg class="legend" x="1%" overflow="visible">${items.join("")}</svg>`;
}

function emptyNote(tree: FrameTree): string {
  return tree.total[0]! > 0 ? "" : `<text x="1%" y="${headHeight + 14}">No samples were recorded.</text>`;
}
