const chunkLength = 65_536;
/** Characters that are put together at a time. */
const lineLength = 4096;

/**
 * The same text in pieces of some 64 Ki characters, so that a writer need not care how small its own are. Of strings that
 * were merely added up, V8 keeps every part until they are read: they are joined soon, while that is little.
 */
export function* inChunks(pieces: Iterable<string>): Iterable<string> {
  let chunk: string[] = [];
  let length = 0;
  let line: string[] = [];
  let lineEnd = lineLength;
  for (const piece of pieces) {
    line.push(piece);
    length += piece.length;
    if (length < lineEnd) continue;
    chunk.push(line.join(""));
    line = [];
    lineEnd = length + lineLength;
    if (length < chunkLength) continue;
    yield chunk.join("");
    chunk = [];
    length = 0;
    lineEnd = lineLength;
  }
  const rest = [...chunk, ...line].join("");
  if (rest !== "") yield rest;
}
