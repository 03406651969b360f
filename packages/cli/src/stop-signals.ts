const STOP_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

export interface StopSignals {
  /** The first signal that came. */
  readonly received: NodeJS.Signals | undefined;
  /** Gives the signals their usual meaning back. */
  end(): void;
}

/** Calls back at each signal that asks the program to end, instead of ending it. */
export function onStopSignals(callback: (signal: NodeJS.Signals) => void): StopSignals {
  let received: NodeJS.Signals | undefined;
  const listener = (signal: NodeJS.Signals) => {
    received ??= signal;
    callback(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, listener);
  return {
    get received() {
      return received;
    },
    end: () => {
      for (const signal of STOP_SIGNALS) process.off(signal, listener);
    },
  };
}
