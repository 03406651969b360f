import type { FrameOrigin } from "../frame-origin.ts";

/** Colours of one mode, light or dark, by the name of their CSS variable. */
export type Palette = Readonly<Record<string, string>>;

/** How an origin's frames are told apart: their class, and what the legend says. */
export const origins: readonly { readonly origin: FrameOrigin; readonly label: string }[] = [
  { origin: "own", label: "project" },
  { origin: "library", label: "library" },
  { origin: "standard", label: "stdlib" },
  { origin: "native", label: "native" },
  { origin: "synthetic", label: "other" },
];

/** Number of shades of each origin. */
export const shades = 5;

/** Shade of a frame by its text: the same in every picture. FNV-1a. */
export function shadeOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 8) % shades;
}

/** Hue in degrees and saturation in percent. */
const tones: Readonly<Record<FrameOrigin, readonly [hue: number, saturation: number]>> = {
  own: [32, 88],
  library: [152, 45],
  standard: [212, 70],
  native: [346, 68],
  synthetic: [220, 9],
};

export const lightPalette: Palette = {
  background: "#ffffff",
  text: "#1c1f24",
  muted: "#5a616b",
  line: "#d5d9df",
  match: "#7a2fb8",
  matchText: "#ffffff",
  ...shadesOf(76, 1.6),
};

export const darkPalette: Palette = {
  background: "#14171c",
  text: "#eceef1",
  muted: "#a0a8b3",
  line: "#39404a",
  match: "#dcb3ff",
  matchText: "#1c1f24",
  ...shadesOf(31, -1.3),
};

function shadesOf(lightness: number, step: number): Palette {
  const palette: Record<string, string> = {};
  for (const { origin } of origins) {
    const [hue, saturation] = tones[origin];
    for (let shade = 0; shade < shades; shade++) {
      const offset = shade - (shades - 1) / 2;
      const muted = lightness < 50 ? saturation * 0.62 : saturation;
      palette[`${origin}${shade}`] = hex(hue + offset * 3, muted / 100, (lightness + offset * step) / 100);
    }
  }
  return palette;
}

/** CSS Color 4, section 7.1: HSL to RGB. */
function hex(hue: number, saturation: number, lightness: number): string {
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
