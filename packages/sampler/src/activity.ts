import type { Process, ThreadState, ThreadStateReader } from "@pyspy/process";

/** Functions that wait for something: a thread whose innermost Python frame is one of them is idle. */
const IDLE_CALLS: readonly { readonly name: string; readonly file: RegExp }[] = [
  { name: "wait", file: /(^|[/\\])threading\.py$/ },
  { name: "select", file: /(^|[/\\])selectors\.py$/ },
  { name: "poll", file: /(^|[/\\])asyncore\.py$|zmq|gevent|tornado/ },
];

/** Tells threads that run, or would if they got a CPU, from those that wait. */
export class Activity {
  readonly #process: Process;
  readonly #reader: ThreadStateReader;
  /** States in this sample. */
  readonly #states = new Map<number, ThreadState>();
  #hasAllStates = false;

  constructor(process: Process) {
    this.#process = process;
    this.#reader = process.threadStates();
  }

  /** Starts a sample: states are asked for anew. */
  begin(): void {
    this.#states.clear();
    this.#hasAllStates = false;
  }

  /** Keeps all threads' states of now for this sample: a thread that is stopped does not show what it was doing. */
  keepStates(): void {
    if (this.#hasAllStates) return;
    for (const { id, state } of this.#process.threads()) this.#states.set(id, state);
    this.#hasAllStates = true;
  }

  /** Whether a thread ran when the states were kept. */
  anyRunning(): boolean {
    return [...this.#states.values()].includes("running");
  }

  /** The state of a thread in this sample; "unknown" where its id is not. */
  stateOf(osThreadId: number): ThreadState {
    if (osThreadId === 0) return "unknown";
    let state = this.#states.get(osThreadId);
    if (state === undefined) {
      state = this.#reader.read(osThreadId);
      this.#states.set(osThreadId, state);
    }
    return state;
  }

  /** Whether the thread is active, by the scheduler's word where its id is known, and by its innermost frame. */
  isActive(osThreadId: number, innermost: { readonly name: string; readonly file: string } | undefined): boolean {
    const state = this.stateOf(osThreadId);
    const mayRun = state === "running" || state === "unknown" || state === "stopped";
    return mayRun && (innermost === undefined || !isIdleCall(innermost.name, innermost.file));
  }
}

export function isIdleCall(name: string, file: string): boolean {
  return IDLE_CALLS.some((call) => call.name === name && call.file.test(file));
}
