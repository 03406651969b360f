import type { Process, ThreadState, ThreadStateReader } from "@pyspy/process";
import type { ThreadSlot } from "./thread-slot.ts";

/** Functions that wait for something: a thread whose innermost Python frame is one of them is idle. */
const IDLE_CALLS: readonly { readonly name: string; readonly file: RegExp }[] = [
  { name: "wait", file: /(^|[/\\])threading\.py$/ },
  { name: "select", file: /(^|[/\\])selectors\.py$/ },
  { name: "poll", file: /(^|[/\\])asyncore\.py$|zmq|gevent|tornado/ },
];

interface Frame {
  readonly name: string;
  readonly file: string;
}

/** What a thread was doing is asked again after this long, in milliseconds, though it seems to do the same. */
const STATE_HOLDS = 0.5;
/** One that runs and holds the GIL is asked after this: it would give the GIL up before it waits for something. */
const RUNNING_HOLDS = 10;
/** A thread that sleeps, and where nothing of what was read has changed since, is asked after a share of that time. */
const PARKED_SHARE = 1 / 16;
const MAX_PARKED = 50;

/** A thread that does nothing for so many milliseconds is taken to go on so. */
const LONG_REST = 100;
/** More CPU time, in nanoseconds, than is charged late of what the last stop made it do. */
const TIME_TO_LIE_DOWN = 200e3;

/** More CPU time than it takes to go back to sleep, in nanoseconds; clock ticks of 10 ms are what it is counted in. */
const TIME_TO_SLEEP_ON = 20e6;

/** Tells threads that run, or would if they got a CPU, from those that wait. */
export class Activity {
  readonly #process: Process;
  readonly #reader: ThreadStateReader;
  /** States in this sample. */
  readonly #states = new Map<number, ThreadState>();
  /** CPU times of threads, where all states were kept. */
  readonly #cpuTimes = new Map<number, number>();
  /** Frames that were asked about. */
  readonly #idleCalls = new WeakMap<Frame, boolean>();
  #hasAllStates = false;
  /** When the sample was started; by `performance.now()`. */
  #now = 0;

  constructor(process: Process) {
    this.#process = process;
    this.#reader = process.threadStates();
  }

  /** Starts a sample: states are asked for anew. */
  begin(): void {
    this.#now = performance.now();
    if (this.#states.size > 0) this.#states.clear();
    this.#cpuTimes.clear();
    this.#hasAllStates = false;
  }

  /** Keeps these threads' states of now for this sample: a pause wakes them up. */
  keepStates(osThreadIds: readonly number[]): void {
    for (const id of osThreadIds) {
      if (this.stateOf(id) !== "running" && !this.#cpuTimes.has(id)) this.#cpuTimes.set(id, this.#reader.cpuTime(id));
    }
  }

  /** As `keepStates`, for all threads. */
  keepAllStates(): void {
    if (this.#hasAllStates) return;
    for (const { id, state, cpuTime } of this.#process.threads()) {
      this.#states.set(id, state);
      this.#cpuTimes.set(id, cpuTime);
    }
    this.#hasAllStates = true;
  }

  /** Whether the thread may be running: by the scheduler's word where its id is known. */
  mayRun(slot: ThreadSlot): boolean {
    if (slot.ended) return false;
    const state = this.#stateOfSlot(slot);
    return state === "running" || state === "unknown" || state === "stopped";
  }

  /**
   * The state of a slot's thread. Asking takes longer than reading its stack: at high rates, one that holds the GIL is
   * taken to run on, and one whose stack and thread state have not changed a bit to do what it did. The longer such a
   * thread has slept, the less often it is asked: it cannot wake up into Python without a change.
   */
  #stateOfSlot(slot: ThreadSlot): ThreadState {
    if (!this.#hasAllStates && this.#now - slot.stateReadAt < this.#believedFor(slot)) return slot.state;
    const state = this.stateOf(slot.osThreadId);
    if (slot.moved || state !== slot.state) slot.stateSince = this.#now;
    if (slot.moved || state !== "sleeping" || slot.state !== "sleeping") this.#chargeCpuTime(slot);
    slot.state = state;
    slot.stateReadAt = this.#now;
    return state;
  }

  /** What the thread was charged since this was last asked is for its next sample. One that sleeps on is charged nothing. */
  #chargeCpuTime(slot: ThreadSlot): void {
    if (!this.#process.capabilities.cpuTimes || slot.osThreadId === 0 || slot.chargedAt === this.#now) return;
    slot.chargedAt = this.#now;
    slot.charge(this.#reader.cpuTime(slot.osThreadId));
  }

  /** Milliseconds. */
  #believedFor({ state, stateSince, holdsGil, moved }: ThreadSlot): number {
    if (holdsGil && state === "running") return RUNNING_HOLDS;
    if (moved) return 0;
    if (holdsGil || state !== "sleeping") return STATE_HOLDS;
    return Math.min(Math.max((this.#now - stateSince) * PARKED_SHARE, STATE_HOLDS), MAX_PARKED);
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

  /** Whether the thread is active: by its innermost frame, which costs no system call, and by the scheduler's word where its id is known. */
  isActive(slot: ThreadSlot, innermost: Frame | undefined): boolean {
    return (innermost === undefined || !this.#isIdleCall(innermost)) && this.#isAwake(slot);
  }

  /** Takes note, at the end of a sample, of which threads did nothing in it. */
  noteRest(slots: readonly ThreadSlot[]): void {
    for (const slot of slots) {
      const rests = !slot.moved && !this.#isAwake(slot) && (!this.isResting(slot) || this.#sleepsOn(slot));
      if (!rests) slot.restingSince = this.#now;
      if (!this.isResting(slot)) slot.restedAt = -1;
    }
  }

  /** Whether a thread that has not been stopped lately has not run either; asked the less often the longer that is so. */
  #sleepsOn(slot: ThreadSlot): boolean {
    if (this.#now - slot.restSeenAt < (this.#now - slot.restingSince) * PARKED_SHARE) return true;
    const cpuTime = this.#reader.cpuTime(slot.osThreadId);
    if (slot.restedAt < 0) slot.restedAt = cpuTime;
    slot.restSeenAt = this.#now;
    return cpuTime - slot.restedAt < TIME_TO_LIE_DOWN;
  }

  /** Whether the thread had slept for long, by the last sample, and nothing of what was read had changed. */
  isResting({ restingSince }: ThreadSlot): boolean {
    return this.#now - restingSince > LONG_REST;
  }

  #isIdleCall(frame: Frame): boolean {
    let is = this.#idleCalls.get(frame);
    if (is === undefined) {
      is = IDLE_CALLS.some(({ name, file }) => name === frame.name && file.test(frame.file));
      this.#idleCalls.set(frame, is);
    }
    return is;
  }

  #isAwake(slot: ThreadSlot): boolean {
    const mayRun = this.mayRun(slot);
    if (!mayRun) slot.sleptAt = this.#cpuTimes.get(slot.osThreadId) ?? -1;
    else if (!this.#wasWokenByPause(slot)) slot.sleptAt = -1;
    return mayRun && slot.sleptAt < 0;
  }

  /** A pause wakes threads that sleep; they sleep on when they get a CPU, which can take until the next sample and longer. */
  #wasWokenByPause(slot: ThreadSlot): boolean {
    if (slot.sleptAt < 0) return false;
    const cpuTime = this.#cpuTimes.get(slot.osThreadId) ?? this.#reader.cpuTime(slot.osThreadId);
    return cpuTime - slot.sleptAt < TIME_TO_SLEEP_ON && slot.stack.isRepeated;
  }
}
