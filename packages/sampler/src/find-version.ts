import type { Attempt } from "./errors.ts";
import type { Image } from "./image.ts";
import { dataOf } from "./image-data.ts";
import type { MemoryReader } from "./memory-reader.ts";
import { type PythonVersion, versionFromFileName, versionFromHex, versionFromText } from "./python-version.ts";

/** Longer than any version text, so that one across two chunks is seen whole. */
const OVERLAP = 64;

interface VersionStrategy {
  readonly name: string;
  /** The version, or what was seen instead. */
  readonly find: (image: Image, reader: MemoryReader) => PythonVersion | string;
}

/** In order of trust. From 3.13 on, what the runtime says of itself comes before all of them: see `ImageVersions.describe`. */
const STRATEGIES: readonly VersionStrategy[] = [
  { name: "symbol Py_Version", find: fromSymbol },
  { name: "version text in data", find: fromData },
  { name: "file name", find: fromFileName },
];

/**
 * What an image says of the version of the interpreter in it, most trusted first: a layout that does not fit speaks
 * against a version, and then the next counts. `attempts` grows by what was looked at in vain.
 */
export function* versionClaims(image: Image, reader: MemoryReader, attempts: Attempt[]): Generator<PythonVersion> {
  const claimed = new Set<string>();
  for (const { name, find } of STRATEGIES) {
    const found = find(image, reader);
    if (typeof found === "string") {
      attempts.push({ strategy: `version by ${name}`, image: image.path, saw: found });
      continue;
    }
    const minor = `${found.major}.${found.minor}`;
    if (!claimed.has(minor)) yield found;
    claimed.add(minor);
  }
}

function fromSymbol(image: Image, reader: MemoryReader): PythonVersion | string {
  const symbol = image.symbol("Py_Version");
  if (!symbol) return "no such symbol";
  const hex = reader.u32(image.loaded(symbol.address));
  return versionFromHex(hex) ?? `0x${hex.toString(16)}, no version`;
}

/** The buffer that `Py_GetVersion()` fills at start-up is a static variable. */
function fromData(image: Image, reader: MemoryReader): PythonVersion | string {
  let scanned = 0;
  for (const { bytes } of dataOf(image, reader, OVERLAP)) {
    scanned += bytes.length;
    const version = versionFromText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
    if (version) return version;
  }
  return `none in ${scanned} bytes`;
}

function fromFileName(image: Image): PythonVersion | string {
  return versionFromFileName(image.path) ?? `"${image.path}" names no version`;
}
