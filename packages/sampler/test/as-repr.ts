/** Our texts with every str literal quoted as Python's `repr` quotes it. */
export function asRepr(text: string): string {
  // Bytes literals, quoted as by Python, are passed over; so are quotes after a backslash.
  return text.replace(/b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*"|"((?:[^"\\]|\\.)*)"/gs, (literal, content: string | undefined) => {
    if (content === undefined) return literal;
    const plain = content.replace(/\\(.)/gs, (escape, character: string) => (character === '"' ? '"' : escape));
    if (plain.includes("'") && !plain.includes('"')) return `"${plain}"`;
    return `'${plain.replace(/'/g, "\\'")}'`;
  });
}
