const STOP_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Takes the signals that ask a program to end; disposing of it gives them their usual meaning back. */
export class StopSignals implements Disposable {
  /** The first signal that came. */
  received: NodeJS.Signals | undefined;
  /** Settles at the second signal, with that. */
  readonly insisted: Promise<NodeJS.Signals>;
  readonly #listener: (signal: NodeJS.Signals) => void;

  /** `callback` gets every signal, and whether it is the first. */
  constructor(callback: (signal: NodeJS.Signals, isFirst: boolean) => void) {
    let insist: (signal: NodeJS.Signals) => void;
    this.insisted = new Promise((resolve) => (insist = resolve));
    this.#listener = (signal) => {
      const isFirst = this.received === undefined;
      if (isFirst) this.received = signal;
      else insist(signal);
      callback(signal, isFirst);
    };
    for (const signal of STOP_SIGNALS) process.on(signal, this.#listener);
  }

  [Symbol.dispose](): void {
    for (const signal of STOP_SIGNALS) process.off(signal, this.#listener);
  }
}
