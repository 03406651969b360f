/** Minor versions of CPython 3 that have a table. A new Python is one line here, then `layouts-gen`. */
export const minorVersions: readonly number[] = [
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
];
