import { constants } from "node:os";
import type { ExitStatus } from "../spawned-process.ts";

/** waitpid(2): do not wait. */
export const WNOHANG = 1;

/** Takes apart the status word of waitpid(2) of a process that has ended, as its macros do. */
export function exitStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  return signal === 0 ? { code: (status >> 8) & 0xff } : { signal: signalName(signal) };
}

function signalName(signal: number): string {
  const entry = Object.entries(constants.signals).find(([, number]) => number === signal);
  return entry?.[0] ?? `SIG${signal}`;
}
