/*
 * In collapsed stacks `;` ends a frame and a line break ends a stack, so where they occur in a frame they are written as
 * in a URL. A percent sign is escaped only where it would read as one of these, so that all other text stays as it is.
 */

const escapes: ReadonlyMap<string, string> = new Map([
  [";", "%3B"],
  ["\n", "%0A"],
  ["\r", "%0D"],
  ["\u2028", "%E2%80%A8"],
  ["\u2029", "%E2%80%A9"],
  ["%", "%25"],
]);
const characters: ReadonlyMap<string, string> = new Map([...escapes].map(([character, escape]) => [escape, character]));

const codes = [...characters.keys()].join("|");
const needEscape = new RegExp(`[;\\n\\r\\u2028\\u2029]|(?=${codes})%`, "g");
const escaped = new RegExp(codes, "g");

export function escapeRaw(text: string): string {
  return text.replace(needEscape, (character) => escapes.get(character)!);
}

/** Undoes `escapeRaw`. */
export function unescapeRaw(text: string): string {
  return text.replace(escaped, (escape) => characters.get(escape)!);
}
