/** One entry of a call stack. Interned by value: equal frames have one id in a profile. */
export interface Frame {
  /**
   * `python`: a Python function. `native`: a function of machine code. `thread`, `process`: the synthetic roots that
   * group by thread or process. `synthetic`: anything else that is no function, such as a garbage collection.
   */
  readonly kind: "python" | "native" | "thread" | "process" | "synthetic";
  /** `co_name`: "run", "<module>". */
  readonly name: string;
  /** `co_qualname`, "Worker.run"; "" where the version does not have it. */
  readonly qualifiedName: string;
  /** Full path as the code object has it; "" if none. */
  readonly file: string;
  /** The path relative to its outermost package's parent, "json/decoder.py"; "" if not known. */
  readonly shortFile: string;
  /** Line being executed; 0 if not known. */
  readonly line: number;
  /** One-based column; 0 if not known. */
  readonly column: number;
  /** Line of the function's definition; 0 if not known. */
  readonly firstLine: number;
  /** Shared library of a native frame; "" if none. */
  readonly module: string;
}

/** A thread that samples belong to. Interned by value. */
export interface Thread {
  readonly pid: number;
  /** Interpreter that the samples ran in: 0 is the main one. */
  readonly interpreter: number;
  /** Operating system thread id; 0 if not known. */
  readonly osThreadId: number;
  /** `pthread_t`, what Python calls `threading.get_ident()`. */
  readonly threadId: number;
  /** Name that `threading` knows, else the operating system's; "" if not known. */
  readonly name: string;
}
