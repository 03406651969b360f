export interface DrawnFrame {
  /** As the file has it, escapes and all. */
  readonly title: string;
  readonly text: string;
  readonly start: number;
  readonly count: number;
  readonly depth: number;
  /** Percent. */
  readonly x: number;
  readonly width: number;
  readonly y: number;
}

const drawn = /<g class="\w+" data-f="(\d+) (\d+) (\d+)"><title>([^<]*)<\/title><rect x="([\d.e-]+)%" y="(\d+)" width="([\d.e-]+)%"/g;

/** The frames of a flame graph's text, in their order. */
export function framesOf(svg: string): DrawnFrame[] {
  return [...svg.matchAll(drawn)].map(([, start, count, depth, title, x, y, width]) => ({
    title: title!,
    text: title!.slice(0, title!.lastIndexOf(" (")),
    start: Number(start),
    count: Number(count),
    depth: Number(depth),
    x: Number(x),
    width: Number(width),
    y: Number(y),
  }));
}
