/**
 * What was wrong:
 * - `unreadable`: opening or reading the source failed (`cause` has the system's error)
 * - `unknown-format`: neither ELF nor Mach-O nor PE
 * - `truncated`: the file names bytes past its end
 * - `malformed`: the file contradicts its format
 * - `unsupported`: of the format, but outside what this package reads
 * - `too-large`: a count or length over this package's bounds
 * - `unmapped`: an address or file offset that no segment holds
 */
export type BinaryErrorCode =
  | "unreadable"
  | "unknown-format"
  | "truncated"
  | "malformed"
  | "unsupported"
  | "too-large"
  | "unmapped";

/** Everything this package throws about a file. */
export class BinaryError extends Error {
  readonly code: BinaryErrorCode;
  /** Name of the source. */
  readonly source: string;
  /** File offset of what was wrong; `undefined` where it has none. */
  readonly offset: number | undefined;

  constructor(
    code: BinaryErrorCode,
    source: string,
    what: string,
    where: { readonly offset?: number | undefined; readonly cause?: unknown } = {},
  ) {
    const at = where.offset === undefined ? "" : ` (file offset 0x${where.offset.toString(16)})`;
    super(`${source}: ${what}${at}`, where.cause === undefined ? {} : { cause: where.cause });
    this.name = "BinaryError";
    this.code = code;
    this.source = source;
    this.offset = where.offset;
  }
}
