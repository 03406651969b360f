/** What a program of ours says of itself when it has got to where it stays. */
export interface Ready {
  /** File name of the program: "still.py". */
  readonly program: string;
  readonly pid: number;
  /** `sys.version_info`. */
  readonly version: readonly [number, number, number, string, number];
  readonly executable: string;
  readonly threads: readonly ReadyThread[];
  /** churn.py: every stack that exists, innermost frame first. */
  readonly legal?: readonly (readonly LegalFrame[])[];
  /** locals.py: `repr` of each variable of the function `holder`. */
  readonly locals?: Readonly<Record<string, string>>;
  /** values.py: each variable of the function `holder`. */
  readonly values?: Readonly<Record<string, ReadyValue>>;
}

export interface ReadyValue {
  readonly kind: "argument" | "local" | "cell" | "free";
  /** Its `repr`; where `shaped`, what a reader shows instead. */
  readonly text: string;
  readonly shaped: boolean;
}

export interface ReadyThread {
  /** `Thread.name`. */
  readonly name: string;
  /** `Thread.ident`, the `pthread_t`. */
  readonly ident: number;
  /** The operating system's thread id; null where that Python can't tell. */
  readonly nativeId: number | null;
  /** 0 is the main interpreter. */
  readonly interpreter: number;
  /** It works without end; else it sleeps or waits for a lock that nobody releases. */
  readonly running: boolean;
  /** Innermost frame first; empty where the stack is never at rest (churn.py, parallel.py). */
  readonly frames: readonly ReadyFrame[];
  /** parallel.py: every stack that the thread can have, innermost frame first. */
  readonly legal?: readonly (readonly LegalFrame[])[];
}

export interface ReadyFrame {
  /** `co_name`. */
  readonly name: string;
  /** `co_qualname`; "" before Python 3.11. */
  readonly qualifiedName: string;
  /** `co_filename`. */
  readonly file: string;
  /** `f_lineno`. */
  readonly line: number;
  /** `co_firstlineno`. */
  readonly firstLine: number;
}

/** A frame that moves between a few lines. */
export interface LegalFrame {
  readonly name: string;
  readonly file: string;
  readonly lines: readonly number[];
}

/** Reads a program's line. Throws if it is no such line. */
export function parseReady(line: string): Ready {
  const ready = JSON.parse(line) as Ready;
  if (!Number.isInteger(ready.pid) || !Array.isArray(ready.threads)) throw new TypeError(`not a ready line: ${line}`);
  return ready;
}
