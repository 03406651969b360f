import { fitText, textWidth } from "./text-width.ts";

/** What a piece of text is; how that looks is `paint`'s. */
export type SpanStyle = "plain" | "bold" | "dim" | "name" | "file" | "heading" | "sorted" | "marked" | "warning";

export interface Span {
  readonly text: string;
  readonly style: SpanStyle;
}

/** One line of a screen, from its left edge. */
export type Line = readonly Span[];

export function span(text: string, style: SpanStyle = "plain"): Span {
  return { text, style };
}

export function lineText(line: Line): string {
  return line.map(({ text }) => text).join("");
}

/** Cuts a line to a width; what is cut ends in an ellipsis. */
export function fitLine(line: Line, width: number): Line {
  let room = width;
  const fitted: Span[] = [];
  for (const [index, { text, style }] of line.entries()) {
    const rest = lineText(line.slice(index + 1));
    const wide = textWidth(text);
    // The ellipsis takes the place of this span's last character if none of the rest has room.
    if (wide > room || (wide === room && rest !== "")) return [...fitted, span(fitText(text + rest, room), style)];
    fitted.push({ text, style });
    room -= wide;
  }
  return fitted;
}

/** Fills a line with spaces up to a width. */
export function padLine(line: Line, width: number, style: SpanStyle): Line {
  const missing = width - textWidth(lineText(line));
  return missing > 0 ? [...line, span(" ".repeat(missing), style)] : line;
}

/** "Select graphic rendition", ECMA-48 8.3.117. Those that no terminal lacks, then colours of the usual sixteen. */
const BOLD = 1;
const DIM = 2;
const REVERSE = 7;
const RED = 31;
const GREEN = 32;
const CYAN = 36;

const LOOKS: Readonly<Record<SpanStyle, readonly number[]>> = {
  plain: [],
  bold: [BOLD],
  dim: [DIM],
  name: [GREEN],
  file: [CYAN],
  heading: [REVERSE],
  sorted: [REVERSE, BOLD],
  marked: [REVERSE],
  warning: [RED, BOLD],
};

/** The line with its escape sequences; without colours, bold and reverse video stay. */
export function paint(line: Line, isColoured: boolean): string {
  return line.map(({ text, style }) => paintSpan(text, LOOKS[style], isColoured)).join("");
}

function paintSpan(text: string, look: readonly number[], isColoured: boolean): string {
  const codes = isColoured ? look : look.filter((code) => code < 30);
  return codes.length === 0 || text === "" ? text : `\u001b[${codes.join(";")}m${text}\u001b[0m`;
}
