import { darkPalette, lightPalette, origins, type Palette, shades } from "./colors.ts";

const monospace = `ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace`;

/** The picture's style sheet. Plain colours go before variables for readers that do not know these. */
export function styleSheet(): string {
  return [
    `:root{color-scheme:light dark;background:var(--background);${variables(lightPalette)}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${variables(darkPalette)}}}`,
    `text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;${color("fill", "text")}}`,
    `#title{font-size:16px;font-weight:600}`,
    `#subtitle,.legend text{${color("fill", "muted")}}`,
    `#details,#frames text{font:12px ${monospace};white-space:pre}`,
    `.page{${color("fill", "background")}}`,
    `.rule{${color("stroke", "line")}}`,
    `#frames rect{stroke:var(--background);stroke-width:.75}`,
    `#frames text{pointer-events:none}`,
    ...frameRules(),
    ...liveRules(),
    `@media print{#tools{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`,
  ].join("\n");
}

function frameRules(): string[] {
  return origins.flatMap(({ origin }) =>
    Array.from({ length: shades }, (_, shade) => `.${origin}${shade} rect{${color("fill", `${origin}${shade}`)}}`),
  );
}

/** What only the script brings about. */
function liveRules(): string[] {
  return [
    `.live #frames g{cursor:pointer;outline:none}`,
    `.live #frames g:hover rect,.live #frames g:focus-visible rect{stroke:var(--text);stroke-width:1.5}`,
    `#frames .above rect{opacity:.55}`,
    `#frames .match rect{fill:var(--match);opacity:1}`,
    `#frames .match text{fill:var(--matchText)}`,
    `#tools div{display:flex;gap:8px;align-items:center;justify-content:flex-end;height:100%;font:12px system-ui,sans-serif;color:var(--text)}`,
    `.narrow #tools div{flex-direction:row-reverse}`,
    `#tools input,#tools button{font:inherit;color:inherit;box-sizing:border-box;height:26px;padding:0 8px;border:1px solid var(--line);border-radius:5px;background:var(--background)}`,
    `#tools input{width:220px;min-width:0;flex:0 1 220px}`,
    `#tools button{cursor:pointer;white-space:nowrap}`,
    `#tools button:disabled{opacity:.45;cursor:default}`,
    `#tools :focus-visible{outline:2px solid var(--match);outline-offset:1px}`,
    `#tools output{flex:none;white-space:nowrap;font-variant-numeric:tabular-nums}`,
    `#tools [aria-invalid=true]{border-color:#d1242f}`,
  ];
}

function variables(palette: Palette): string {
  return Object.entries(palette).map(([name, value]) => `--${name}:${value}`).join(";");
}

function color(property: string, name: string): string {
  return `${property}:${lightPalette[name]!};${property}:var(--${name})`;
}
