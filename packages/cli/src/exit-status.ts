import { constants } from "node:os";
import type { ExitStatus } from "@pyspy/process";

/** Signals that write a core file. Ours would be of no use, and might take the place of the program's. */
const WITH_CORE: ReadonlySet<string> = new Set(["SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGXCPU", "SIGXFSZ", "SIGSYS"]);

/**
 * Ends as the program did: with its exit status, or by the same signal, so that the caller sees what the program would
 * have shown it. An exit status that says that we failed stays, unless the program failed as well.
 */
export function endAs(status: ExitStatus): void {
  if ("code" in status) {
    if (status.code !== 0 || process.exitCode === undefined) process.exitCode = status.code;
    return;
  }
  const number = signalNumber(status.signal);
  // What a shell makes of it.
  process.exitCode = 128 + number;
  if (WITH_CORE.has(status.signal)) return;
  giveBack(status.signal);
  process.kill(process.pid, number);
}

/** Node takes SIGUSR1 for its debugger and ignores SIGPIPE; removing the last listener leaves what the system does by default. */
function giveBack(signal: string): void {
  if (signal === "SIGKILL" || !(signal in constants.signals)) return;
  process.on(signal, ignore);
  process.removeAllListeners(signal);
}

function ignore(): void {}

/** Of a name as in `ExitStatus`: "SIGTERM", or "SIG35" for one without a name. */
function signalNumber(signal: string): number {
  return constants.signals[signal as NodeJS.Signals] ?? Number(signal.slice("SIG".length));
}

/** "exit status 3" or "SIGKILL", for messages. */
export function exitText(status: ExitStatus): string {
  return "code" in status ? `exit status ${status.code}` : status.signal;
}
