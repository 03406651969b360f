/** Control characters (C0, DEL and C1) and what turns the direction of writing around. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text of the process that is looked at, made safe for a terminal and for one line: control characters are escaped. */
export function visible(text: string): string {
  return text.replace(CONTROL, (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
