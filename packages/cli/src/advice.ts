import { ProcessError } from "@pyspy/process";
import { AttachError, RecordingError } from "@pyspy/sampler";

/** What to do about an error, by its code; facts are in the error's own message. */
const ADVICE: Readonly<Record<string, string>> = {
  "no-such-process": "Check the process id: ps lists those that run.",
  "permission-denied":
    "Reading another process takes the right to trace it: run as the same user or as root (sudo). In a container, add the SYS_PTRACE capability. On some systems /proc/sys/kernel/yama/ptrace_scope has to be 0.",
  "not-python": "Check the process id: only CPython can be read.",
};

/** The message for an error, with advice where there is some. A bug is shown with its place. */
export function advise(error: unknown): string {
  if (error instanceof RecordingError) return withAdvice(error.failure.message, error.failure.code);
  if (error instanceof ProcessError || error instanceof AttachError) return withAdvice(error.message, error.code);
  if (!(error instanceof Error)) return String(error);
  const isExpected = error.constructor !== TypeError && error.constructor !== RangeError;
  return isExpected ? error.message : (error.stack ?? error.message);
}

function withAdvice(text: string, code: string): string {
  const advice = ADVICE[code];
  return advice === undefined ? text : `${text}\n${advice}`;
}
