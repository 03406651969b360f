import { constants } from "node:os";
import type { SpawnedProcess } from "@pyspy/process";
import { onStopSignals } from "./stop-signals.ts";

/**
 * Waits for a program that was started here and ends as it does. A signal that ended the recording is sent on first,
 * unless it was Ctrl-C, which the terminal has sent to the program as well; so is every later one.
 */
export async function passOn(child: SpawnedProcess, received: NodeJS.Signals | undefined): Promise<void> {
  const signals = onStopSignals((signal) => child.kill(signal));
  if (received !== undefined && (received !== "SIGINT" || !process.stdin.isTTY)) child.kill(received);
  const status = await child.wait();
  signals.end();
  if ("code" in status) process.exitCode = status.code;
  else endBy(status.signal as NodeJS.Signals);
}

/** Ends by the same signal, so that the caller sees what the program would have shown it. */
function endBy(signal: NodeJS.Signals): void {
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  // A core dump of this process would be of no use.
  const isOwnAbort = ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGQUIT", "SIGTRAP", "SIGSYS"].includes(signal);
  if (!isOwnAbort) process.kill(process.pid, signal);
}
