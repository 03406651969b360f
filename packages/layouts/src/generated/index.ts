// Written by layouts-gen. Change its field list, not this file.
import type { VersionTables } from "../table.ts";
import { cpython_2_7 } from "./cpython-2.7.ts";
import { cpython_3_3 } from "./cpython-3.3.ts";
import { cpython_3_4 } from "./cpython-3.4.ts";
import { cpython_3_5 } from "./cpython-3.5.ts";
import { cpython_3_6 } from "./cpython-3.6.ts";
import { cpython_3_7 } from "./cpython-3.7.ts";
import { cpython_3_8 } from "./cpython-3.8.ts";
import { cpython_3_9 } from "./cpython-3.9.ts";
import { cpython_3_10 } from "./cpython-3.10.ts";
import { cpython_3_11 } from "./cpython-3.11.ts";
import { cpython_3_12 } from "./cpython-3.12.ts";
import { cpython_3_13 } from "./cpython-3.13.ts";
import { cpython_3_14 } from "./cpython-3.14.ts";
import { cpython_3_15 } from "./cpython-3.15.ts";

/** Oldest first. */
export const versionTables: readonly VersionTables[] = [
  cpython_2_7,
  cpython_3_3,
  cpython_3_4,
  cpython_3_5,
  cpython_3_6,
  cpython_3_7,
  cpython_3_8,
  cpython_3_9,
  cpython_3_10,
  cpython_3_11,
  cpython_3_12,
  cpython_3_13,
  cpython_3_14,
  cpython_3_15,
];
