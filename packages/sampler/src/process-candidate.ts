import type { Process } from "@pyspy/process";

/** A process that is not Python after so long is none, until it runs another program. In milliseconds. */
const START_TIME = 2000;

/** What became of an attempt to attach: `not-python` and `not-yet` are what an `AttachError` says. */
export type AttachOutcome = "attached" | "not-python" | "not-yet";

/** Programs that are no Python, shared by all candidates of a recording. */
export class OtherPrograms {
  /** Executables, by device and inode. */
  readonly #executables = new Set<string>();
  /** Sets of mapped files, by device and inode: what an attempt to attach finds depends on them alone. */
  readonly #mappings = new Set<string>();

  hasExecutable(identity: string): boolean {
    return this.#executables.has(identity);
  }

  addExecutable(identity: string): void {
    if (identity !== "") this.#executables.add(identity);
  }

  hasMapping(mapping: string): boolean {
    return this.#mappings.has(mapping);
  }

  addMapping(mapping: string): void {
    this.#mappings.add(mapping);
  }
}

/** A process that is no Python (yet). */
export class ProcessCandidate {
  readonly process: Process;
  /** It runs, as far as is known, something that is no Python. */
  isOther = false;
  readonly #programs: OtherPrograms;
  #since: number;
  #executable = "";
  #identity = "";
  #isLeftAlone = false;

  constructor(process: Process, programs: OtherPrograms, now: number) {
    this.process = process;
    this.#programs = programs;
    this.#since = now;
  }

  /** Whether it may still become a Python without running another program. */
  get isOpen(): boolean {
    return !this.#isLeftAlone;
  }

  /** Attaches, if that is worth an attempt. Returns whether it is attached. Throws `ProcessError`. */
  try(attach: () => AttachOutcome, now: number): boolean {
    this.#noticeExec(now);
    if (this.#isLeftAlone) return false;
    if (now - this.#since > START_TIME) return this.#leaveAlone();
    const maps = this.process.memoryMaps().filter(({ executable, inode }) => executable && inode !== 0);
    const own = maps.find(({ path }) => path === this.#executable);
    const identity = own ? `${own.device} ${own.inode}` : "";
    const mapping = maps.map(({ device, inode }) => `${device} ${inode}`).join();
    this.#identity = identity;
    const isKnown = this.#programs.hasExecutable(identity) || this.#programs.hasMapping(mapping);
    const outcome = isKnown ? "not-python" : attach();
    if (outcome === "attached") return true;
    this.isOther = outcome === "not-python";
    if (this.isOther) this.#programs.addMapping(mapping);
    return this.#programs.hasExecutable(identity) ? this.#leaveAlone() : false;
  }

  #leaveAlone(): false {
    this.#isLeftAlone = true;
    if (this.isOther) this.#programs.addExecutable(this.#identity);
    return false;
  }

  #noticeExec(now: number): void {
    const executable = this.process.executable();
    if (executable === this.#executable) return;
    this.#executable = executable;
    this.#since = now;
    this.#identity = "";
    this.#isLeftAlone = false;
    this.isOther = false;
  }
}
