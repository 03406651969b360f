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
  readonly pointerSize: 4 | 8;
  readonly unicodeState: Traits["unicodeState"];
  readonly offsets: Offsets;
}

export interface Build {
  readonly target: Target;
  readonly freeThreaded: boolean;
  /** Version of the headers: `3.13.18`. */
  readonly source: string;
  /** Headers of a default build, compiled as if it were free-threaded. */
  readonly forced?: true;
}
