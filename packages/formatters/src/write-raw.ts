import type { Profile } from "@pyspy/profile";
import { inChunks } from "./chunks.ts";
import { frameTree } from "./frame-tree.ts";
import { defaultFrameView, type FrameView } from "./frame-view.ts";
import { escapeRaw } from "./raw-escape.ts";

/**
 * Collapsed stacks: a line for each stack, `root;caller;leaf COUNT`, in the order of a walk through the merged tree with
 * siblings sorted by their texts. `;` and line breaks in a frame are escaped as in a URL (`%3B`, `%0A`).
 */
export function writeRaw(profile: Profile, options: Partial<FrameView> = {}): Iterable<string> {
  return inChunks(rawLines(profile, { ...defaultFrameView, ...options }));
}

function* rawLines(profile: Profile, view: FrameView): Iterable<string> {
  const { size, frames, frame, depth, self } = frameTree(profile, view);
  const texts = frames.map(({ text }) => escapeRaw(text));
  /** Line up to and with the frame at each depth. */
  const starts = [""];
  for (let node = 1; node < size; node++) {
    const level = depth[node]!;
    const text = texts[frame[node]!]!;
    starts[level] = level === 1 ? text : `${starts[level - 1]!};${text}`;
    if (self[node]! > 0) yield `${starts[level]!} ${self[node]!}\n`;
  }
}
