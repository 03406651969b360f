import type { Process, ThreadInfo, ThreadState } from "@pyspy/process";

/** Functions that wait for something: a thread whose innermost Python frame is one of them is idle. */
const IDLE_CALLS: readonly { readonly name: string; readonly file: RegExp }[] = [
  { name: "wait", file: /(^|[/\\])threading\.py$/ },
  { name: "select", file: /(^|[/\\])selectors\.py$/ },
  { name: "poll", file: /(^|[/\\])asyncore\.py$|zmq|gevent|tornado/ },
];

/** Tells threads that run, or would if they got a CPU, from those that wait. */
export class Activity {
  readonly #reader: ReturnType<Process["threadStates"]>;
  /** States that were asked for in advance. */
  #states: ReadonlyMap<number, ThreadState> = new Map();

  constructor(process: Process) {
    this.#reader = process.threadStates();
  }

  /** Goes by these states until told otherwise: a thread that is stopped for reading does not show what it was doing. */
  look(threads: readonly ThreadInfo[]): void {
    this.#states = new Map(threads.map(({ id, state }) => [id, state]));
  }

  /** The state of a thread now; "unknown" where its id is not. */
  stateOf(osThreadId: number): ThreadState {
    if (osThreadId === 0) return "unknown";
    return this.#states.get(osThreadId) ?? this.#reader.read(osThreadId);
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
