import type { LocalVariable } from "./values/local-variable.ts";

/** What one thread was doing when it was read. */
export interface ThreadStack {
  /** Interpreter that the stack ran in: 0 is the main one. */
  readonly interpreter: number;
  /** `threading.get_ident()` of the thread: its `pthread_t` on Linux. */
  readonly threadId: number;
  /** Operating system thread id; 0 if not known. */
  readonly osThreadId: number;
  /** Name that `threading` knows, else the operating system's; "" if there is none of its own. */
  readonly name: string;
  readonly active: boolean;
  readonly holdsGil: boolean;
  /** False when the stack moved while it was read, again and again: its frames may not belong together. */
  readonly exact: boolean;
  /** Innermost first. */
  readonly frames: readonly PythonFrame[];
}

/** A call of a Python function. */
export interface PythonFrame {
  /** `co_name`. */
  readonly name: string;
  /** `co_qualname`; "" before 3.11. */
  readonly qualifiedName: string;
  /** `co_filename`. */
  readonly file: string;
  /** The path from its outermost package on. */
  readonly shortFile: string;
  /** Line being executed; 0 if not known. */
  readonly line: number;
  /** One-based column of what is executed; 0 if not known, and before 3.11. */
  readonly column: number;
  /** Line of the `def`. */
  readonly firstLine: number;
  /** Whether C code called it: up to 3.10 that is so of every call. Only in what `readStacks` returns. */
  readonly entry?: boolean;
  /** Only in what `readStacks` returns, where they were asked for and could be read. Modules and class bodies have none. */
  readonly locals?: readonly LocalVariable[];
}
