import { type Line, span } from "./styled-line.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["1", "Sort by %Own: time in the function itself, of the last interval"],
  ["2", "Sort by %Total: time in the function and what it calls"],
  ["3", "Sort by OwnTime: time in the function itself, since the start"],
  ["4", "Sort by TotalTime: time in it and what it calls, since the start"],
  ["I", "Reverse the order"],
  ["L", "Switch between functions and lines"],
  ["T", "List threads; Enter shows one thread only, Esc all again"],
  ["/", "Search: rows with a text in them; Esc shows all again"],
  ["Arrows", "Scroll; also PgUp, PgDn, Home, End"],
  ["P, Space", "Pause the screen; sampling goes on"],
  ["R", "Reset: start to count anew"],
  ["S", "Save a flame graph: of what was gathered"],
  ["?, X", "Show this help, leave it"],
  ["Ctrl-L", "Draw the screen anew"],
  ["Q, Ctrl-C", "Quit"],
];

const KEY_WIDTH = 12;
/** Where keys and meanings stand side by side. */
const WIDE = 60;

export function helpLines(width: number): Line[] {
  const rows = KEYS.map(([key, meaning]): Line =>
    width >= WIDE ? [span(key.padEnd(KEY_WIDTH), "bold"), span(meaning)] : [span(key, "bold"), span(": "), span(fitted(meaning, width - key.length - 2))],
  );
  return [[span("Keys", "bold")], [], ...rows];
}

/** The whole meaning, or the first words of it up to a colon or semicolon. */
function fitted(meaning: string, width: number): string {
  return meaning.length <= width ? meaning : (meaning.split(/[:;]/, 1)[0] as string);
}
