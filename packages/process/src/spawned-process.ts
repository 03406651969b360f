export interface SpawnOptions {
  /** The whole environment; by default this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** How a process ended. Signals by name ("SIGKILL"), unnamed ones by number ("SIG35"). */
export type ExitStatus = { readonly code: number } | { readonly signal: string };

/** A child process that this one started and waits for. */
export interface SpawnedProcess {
  readonly pid: number;
  /** How it ended, or undefined while it runs. Does not block. */
  exited(): ExitStatus | undefined;
  /** Settles when it has ended; keeps the event loop alive until then. */
  wait(): Promise<ExitStatus>;
  /** Sends a signal. False when it has already ended. */
  kill(signal: NodeJS.Signals | number): boolean;
}
