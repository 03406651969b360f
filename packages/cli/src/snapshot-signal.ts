let listener: (() => void) | undefined;

// On import, and so before all else: until somebody listens, Node takes this signal as a wish to open its debugger.
process.on("SIGUSR1", () => listener?.());

/** Has `callback` called at each SIGUSR1 until disposed of; otherwise the signal does nothing. */
export function onSnapshotSignal(callback: () => void): Disposable {
  listener = callback;
  return { [Symbol.dispose]: () => void (listener = undefined) };
}
