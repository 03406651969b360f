const special: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Control characters that XML forbids or that would break a line: they are shown as pictures of themselves. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const control = /[\0-\x1f\x7f]/g;
const deleteCharacter = 0x7f;
/** C1 controls, lone surrogates (with the u flag) and what is no character. */
const invalid = /[\x80-\x9f\ud800-\udfff\ufffe\uffff]/gu;

/** Text for an element or an attribute of XML 1.0. */
export function escapeXml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => special[character]!);
}

/** The same text with a visible character for each that XML does not allow. */
export function visible(text: string): string {
  return text
    .replace(control, (character) => {
      const code = character.charCodeAt(0);
      return String.fromCharCode(code === deleteCharacter ? 0x2421 : 0x2400 + code);
    })
    .replace(invalid, "\ufffd");
}
