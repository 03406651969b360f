/** A minor version that has tables. */
export interface ListedVersion {
  readonly major: 2 | 3;
  readonly minor: number;
  /** Patch releases at which something that a table holds moved: from each on there are tables of their own. */
  readonly moved?: readonly number[];
}

/** Oldest first. A new Python is one line here, then `layouts-gen`. */
export const versions: readonly ListedVersion[] = [
  { major: 2, minor: 7 },
  { major: 3, minor: 3 },
  { major: 3, minor: 4 },
  { major: 3, minor: 5 },
  { major: 3, minor: 6 },
  { major: 3, minor: 7, moved: [4] },
  { major: 3, minor: 8 },
  { major: 3, minor: 9 },
  { major: 3, minor: 10 },
  { major: 3, minor: 11 },
  { major: 3, minor: 12 },
  { major: 3, minor: 13 },
  { major: 3, minor: 14 },
  { major: 3, minor: 15 },
];

/** The list's entry for a version, if it has tables. */
export function listed({ major, minor }: { readonly major: number; readonly minor: number }): ListedVersion | undefined {
  return versions.find((version) => version.major === major && version.minor === minor);
}

/** First patch release of the tables that a patch release belongs to. */
export function tablesSince({ moved = [] }: ListedVersion, micro: number): number {
  return moved.findLast((first) => first <= micro) ?? 0;
}
