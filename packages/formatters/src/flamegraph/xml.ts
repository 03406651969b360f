const special: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Control characters, which XML forbids or which would break a line: written as Python would. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const control = /[\0-\x1f\x7f-\x9f]/g;
const named: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };
/** Lone surrogates (with the u flag) and what is no character. */
const invalid = /[\ud800-\udfff\ufffe\uffff]/gu;

/** Text for an element or an attribute of XML 1.0. */
export function escapeXml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => special[character]!);
}

/** The same text with something visible for each character that XML does not allow. */
export function visible(text: string): string {
  return text
    .replace(control, (character) => named[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .replace(invalid, "\ufffd");
}
