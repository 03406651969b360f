import type { Offsets, Target, Traits } from "./layout.ts";

/** All tables of one minor version: what a file in `generated/` holds. */
export interface VersionTables {
  readonly major: number;
  readonly minor: number;
  readonly tables: readonly Table[];
}

export interface Table {
  /** The builds that these numbers hold for. */
  readonly builds: readonly Build[];
  /** Index of the table whose groups hold where this one has none. */
  readonly over?: number;
  readonly pointerSize: 4 | 8;
  readonly unicodeState?: NonNullable<Traits["unicodeState"]>;
  readonly offsets: Partial<Offsets>;
}

export interface Build {
  readonly target: Target;
  readonly freeThreaded: boolean;
  readonly traceRefs?: true;
  /** First patch release that the table holds for; without it from the first on. */
  readonly since?: number;
  /** Version of the headers: `3.13.18`. */
  readonly source: string;
  /** Headers of a default build, compiled as if it were this one. */
  readonly forced?: true;
}
