/** A version as `sys.version_info` has it. */
export interface PythonVersion {
  readonly major: number;
  readonly minor: number;
  /** -1 when only major and minor are known. */
  readonly micro: number;
  /** "" for a final release, else "a1", "b4", "rc2"; "?" when not known. */
  readonly prerelease: string;
}

const RELEASE_LEVELS: Readonly<Record<number, string>> = { 10: "a", 11: "b", 12: "rc", 15: "" };

/** Decodes `PY_VERSION_HEX`; `undefined` for numbers that are no version of Python. */
export function versionFromHex(hex: number): PythonVersion | undefined {
  const level = RELEASE_LEVELS[(hex >>> 4) & 15];
  const version = { major: hex >>> 24, minor: (hex >>> 16) & 255, micro: (hex >>> 8) & 255 };
  if (level === undefined || !isPlausible(version.major, version.minor)) return undefined;
  return { ...version, prerelease: level === "" ? "" : `${level}${hex & 15}` };
}

// What Py_GetVersion() makes: "3.9.18 (main, ...", "2.7.15+ (default, ..." and, of 3.13, "3.13.5 experimental
// free-threading build (main, ...".
const VERSION_TEXT = /(?:^|[^\d.])([23])\.(\d{1,2})\.(\d{1,2})((?:a|b|rc)\d{1,2})?\+?(?: experimental)?(?: free-threading build)? \(/;

/** The first version, as `Py_GetVersion` writes it, in bytes decoded as Latin-1. */
export function versionFromText(text: string): PythonVersion | undefined {
  const match = VERSION_TEXT.exec(text);
  if (!match) return undefined;
  const [, major, minor, micro, prerelease] = match;
  if (!isPlausible(Number(major), Number(minor))) return undefined;
  return { major: Number(major), minor: Number(minor), micro: Number(micro), prerelease: prerelease ?? "" };
}

/** "libpython3.11.so.1.0" and "python3.11" say major and minor; `undefined` for other names. */
export function versionFromFileName(path: string): PythonVersion | undefined {
  const match = /python([23])\.(\d{1,2})/.exec(path.slice(path.lastIndexOf("/") + 1));
  if (!match || !isPlausible(Number(match[1]), Number(match[2]))) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), micro: -1, prerelease: "?" };
}

/** "3.12", as an option gives it, or "3.12.1"; `undefined` for anything else. */
export function versionFromOption(text: string): PythonVersion | undefined {
  const match = /^(\d)\.(\d{1,2})(?:\.(\d{1,3}))?$/.exec(text);
  if (!match || !isPlausible(Number(match[1]), Number(match[2]))) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), micro: match[3] === undefined ? -1 : Number(match[3]), prerelease: "?" };
}

/** "3.11.7", "3.15.0b4", "3.9" when no more is known. */
export function formatVersion(version: PythonVersion): string {
  const { major, minor, micro, prerelease } = version;
  if (micro < 0) return `${major}.${minor}`;
  return `${major}.${minor}.${micro}${prerelease === "?" ? "" : prerelease}`;
}

function isPlausible(major: number, minor: number): boolean {
  return (major === 2 && minor >= 3 && minor <= 7) || (major === 3 && minor <= 40);
}
