import { deflateSync, inflateSync } from "node:zlib";
import { ProcessError } from "../errors.ts";
import { pageLength, pageSize, runsOf, sortedNumbers, type Pages, type Run } from "./pages.ts";
import { parseHeader, type Header } from "./recording-header.ts";
import type { Recording } from "./recording.ts";

/*
 * The format, version 1; numbers are little-endian u32:
 *
 *     "pyspyrec"  8 bytes
 *     version
 *     length of the header as it stands here
 *     header      JSON, zlib-compressed: see `Header`
 *     body        zlib-compressed: the pages that the header lists, in its order; each 4096 bytes, but the last page
 *                 of a file that ends before
 */
const magic = "pyspyrec";
const version = 1;
const preambleLength = 16;
const maxHeaderLength = 64 * 2 ** 20;
const maxBodyLength = 2 ** 30;

/** Throws RangeError when the recording is too large to be opened again (1 GiB). */
export function encodeRecording(recording: Recording): Uint8Array {
  const header = deflateSync(JSON.stringify(toHeader(recording)));
  const pages = [recording.memory, ...recording.contents.map((content) => content.pages)].flatMap(sortedPages);
  const length = pages.reduce((sum, page) => sum + page.length, 0);
  if (length > maxBodyLength) throw new RangeError(`a recording of ${length} bytes is too large`);
  const preamble = Buffer.alloc(preambleLength);
  preamble.write(magic, "latin1");
  preamble.writeUInt32LE(version, 8);
  preamble.writeUInt32LE(header.length, 12);
  return Buffer.concat([preamble, header, deflateSync(Buffer.concat(pages))]);
}

/** Throws {@link ProcessError} `invalid-recording`. */
export function decodeRecording(bytes: Uint8Array): Recording {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < preambleLength || buffer.toString("latin1", 0, 8) !== magic) throw invalid("it does not begin as one");
  const found = buffer.readUInt32LE(8);
  if (found !== version) throw invalid(`its version is ${found}, not ${version}`);
  const headerEnd = preambleLength + buffer.readUInt32LE(12);
  if (headerEnd > buffer.length) throw invalid("it ends in the header");
  const header = parseHeader(parseJson(inflate(buffer.subarray(preambleLength, headerEnd), maxHeaderLength, "header")), invalid);
  return withPages(header, buffer.subarray(headerEnd));
}

function toHeader(recording: Recording): Header {
  return {
    pid: recording.pid,
    platform: recording.platform,
    architecture: recording.architecture,
    threadStates: recording.threadStates,
    cpuTimes: recording.cpuTimes,
    facts: recording.facts,
    fileExists: [...recording.fileExists],
    files: [...recording.files],
    mappedFiles: [...recording.mappedFiles],
    states: [...recording.states],
    memory: runsOf(recording.memory),
    contents: recording.contents.map(({ name, size, pages }) => ({ name, size, pages: runsOf(pages) })),
  };
}

function sortedPages(pages: Pages): Uint8Array[] {
  return sortedNumbers(pages).map((number) => pages.get(number)!);
}

function withPages(header: Header, compressed: Buffer): Recording {
  const lengths = [Infinity, ...header.contents.map((content) => content.size)];
  const runs = [header.memory, ...header.contents.map((content) => content.pages)];
  const total = runs.reduce((sum, list, index) => sum + bytesIn(list, lengths[index]!), 0);
  if (total > maxBodyLength) throw invalid(`its pages have ${total} bytes`);
  const body = inflate(compressed, Math.max(total, 1), "pages");
  if (body.length !== total) throw invalid(`its pages have ${body.length} bytes, not ${total}`);
  let position = 0;
  const [memory, ...contents] = runs.map((list, index) => {
    const pages: Pages = new Map();
    for (const [first, count] of list) {
      for (let number = first; number < first + count; number++) {
        const end = position + pageLength(number, lengths[index]!);
        pages.set(number, body.subarray(position, end));
        position = end;
      }
    }
    return pages;
  });
  return {
    ...header,
    fileExists: new Map(header.fileExists),
    files: new Map(header.files),
    mappedFiles: new Map(header.mappedFiles),
    states: new Map(header.states),
    memory: memory!,
    contents: header.contents.map(({ name, size }, index) => ({ name, size, pages: contents[index]! })),
  };
}

/** Only the page in which a file ends is shorter, and it is the last of the last run. */
function bytesIn(runs: readonly Run[], size: number): number {
  const last = runs.at(-1);
  if (last === undefined) return 0;
  const count = runs.reduce((sum, run) => sum + run[1], 0);
  return (count - 1) * pageSize + pageLength(last[0] + last[1] - 1, size);
}

function inflate(bytes: Uint8Array, maxOutputLength: number, what: string): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength });
  } catch (cause) {
    throw invalid(`its ${what} cannot be decompressed`, cause);
  }
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString("utf8"));
  } catch (cause) {
    throw invalid("its header is no JSON", cause);
  }
}

function invalid(reason: string, cause?: unknown): ProcessError {
  return new ProcessError("invalid-recording", 0, `not a recording: ${reason}`, { cause });
}
