import type { PausingOptions } from "../pausing-options.ts";

export interface TopOptions extends PausingOptions {
  /** If there is a program as well, the pid wins, as it does in py-spy. */
  readonly pid?: number;
  /** Samples a second. */
  readonly rate: number;
  /** Share of one core. */
  readonly maxOverhead?: number;
  /** Seconds between refreshes of the screen; with `once` or `json`, how long to sample. */
  readonly delay: number;
  readonly gil?: boolean;
  readonly idle?: boolean;
  readonly subprocesses?: boolean;
  readonly strict?: boolean;
  readonly fullFilenames?: boolean;
  /** One report on standard output instead of the screen. */
  readonly once?: boolean;
  /** The same as JSON. */
  readonly json?: boolean;
  readonly pythonVersion?: string;
}
