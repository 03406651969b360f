import type { Container } from "./container.ts";
import type { ProcessStatus } from "./process-status.ts";

/** What decides whether a process can be read, as it was found. Whatever could not be found out is undefined. */
export interface Facts {
  /** As uname(1) names it: "Linux", "Darwin"; "Windows_NT". */
  readonly system: string;
  /** Of the kernel. */
  readonly release: string;
  readonly architecture: string;
  /** As `process.versions.node`. */
  readonly nodeVersion: string;
  /** Effective user id; undefined on Windows. */
  readonly user: number | undefined;
  /** Only on Linux, as is `target`. */
  readonly linux?: LinuxFacts;
  readonly target?: TargetFacts;
  /** macOS: whether System Integrity Protection is on. */
  readonly systemIntegrityProtection?: boolean | undefined;
}

export interface LinuxFacts {
  /** Undefined where /proc is not mounted. */
  readonly self: ProcessFacts | undefined;
  /** kernel.yama.ptrace_scope, 0 to 3; undefined where the kernel has no Yama. */
  readonly ptraceScope: number | undefined;
  /** How /proc hides others' processes: the value of its mount option, "0" for not at all. */
  readonly hidepid: string;
  readonly container: Container | undefined;
  /** Our label in AppArmor or SELinux: "docker-default (enforce)"; "" for none. */
  readonly securityLabel: string;
  readonly probes: Probes;
}

/** A process's rights and whereabouts; what is not shown to us is undefined. */
export interface ProcessFacts {
  readonly pid: number;
  readonly status: ProcessStatus;
  /** Links of /proc/PID/ns: "user:[4026531837]". */
  readonly userNamespace: string | undefined;
  readonly pidNamespace: string | undefined;
  /** /proc/PID/uid_map, as seen from our namespace, its spaces made single. */
  readonly userMap: string | undefined;
  /** Pids of its ancestors, nearest first. */
  readonly ancestors: readonly number[];
  /** False where the kernel keeps its memory to itself (PR_SET_DUMPABLE, set-user-id programs). */
  readonly dumpable: boolean | undefined;
}

/** Whether something that was tried worked. `errno` is the symbol in the error, "" for none: "EPERM". */
export type Outcome = { readonly works: true } | { readonly works: false; readonly errno: string; readonly message: string };

/** What was tried on a child of our own, which nothing but a filter or a policy of the system forbids. */
export interface Probes {
  readonly foreignFunctions: Outcome;
  readonly processVmReadv: Outcome;
  readonly memoryFile: Outcome;
  /** Stopping it. */
  readonly ptrace: Outcome;
}

export interface TargetFacts {
  readonly pid: number;
  /** "hidden": signals reach it or are refused, but /proc does not show it. */
  readonly existence: "running" | "zombie" | "hidden" | "none";
  /** Undefined unless it is shown. */
  readonly process: ProcessFacts | undefined;
  readonly processVmReadv: Outcome | undefined;
  readonly memoryFile: Outcome | undefined;
  /** Path of the executable, or the first word of its command line where that is not shown. */
  readonly executable: string;
  /** "PyPy", "GraalPy": a Python that is not CPython, by the files it has mapped. */
  readonly otherPython: string | undefined;
  /** Direct children that are named like a Python. */
  readonly pythonChildren: readonly { readonly pid: number; readonly name: string }[];
  /** What attaching to it came to; undefined when it was not tried. */
  readonly python?: PythonFacts;
}

export type PythonFacts =
  | { readonly found: true; readonly version: string; readonly image: string; readonly strategy: string }
  | { readonly found: false; readonly code: string; readonly message: string };
