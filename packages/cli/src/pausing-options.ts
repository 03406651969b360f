import type { Pausing } from "@pyspy/sampler";

export interface PausingOptions {
  readonly blocking?: boolean;
  readonly nonblocking?: boolean;
}

/** What --blocking and --nonblocking ask for. */
export function pausingOf({ blocking, nonblocking }: PausingOptions): Pausing {
  if (blocking) return "always";
  return nonblocking ? "never" : "when-needed";
}

/** For the summary. */
export function pausingText({ blocking, nonblocking }: PausingOptions): string {
  if (blocking) return "at every sample (--blocking)";
  return nonblocking ? "never (--nonblocking)" : "when needed";
}
