/** The fields of /proc/PID/status that access to a process depends on (proc_pid_status(5)). */
export interface ProcessStatus {
  readonly name: string;
  /** "R", "S", "Z", ... */
  readonly state: string;
  /** The process that the thread belongs to. */
  readonly threadGroup: number;
  readonly parent: number;
  /** Pid of the process that traces it; 0 for none. */
  readonly tracer: number;
  /** Real, effective and saved ids. */
  readonly users: readonly number[];
  readonly groups: readonly number[];
  /** Sets of capabilities, as bits. */
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly bounding: bigint;
  /** 0 none, 1 strict, 2 filter; undefined in kernels without seccomp. */
  readonly seccomp: number | undefined;
  /** The pid in each pid namespace, from ours to the innermost. */
  readonly namespacePids: readonly number[];
}

/** CAP_SYS_PTRACE of capabilities(7). */
const SYS_PTRACE = 1n << 19n;

/** Undefined when the text has not the fields that every Linux since 2.6 has. */
export function parseProcessStatus(text: string): ProcessStatus | undefined {
  const fields = new Map(text.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  const field = (name: string) => fields.get(name) ?? "";
  const users = numbers(field("Uid")).slice(0, 3);
  const groups = numbers(field("Gid")).slice(0, 3);
  if (users.length !== 3 || groups.length !== 3) return undefined;
  const seccomp = fields.get("Seccomp");
  return {
    name: field("Name"),
    state: field("State").slice(0, 1),
    threadGroup: Number(field("Tgid")),
    parent: Number(field("PPid")),
    tracer: Number(field("TracerPid")),
    users,
    groups,
    permitted: bits(field("CapPrm")),
    effective: bits(field("CapEff")),
    bounding: bits(field("CapBnd")),
    seccomp: seccomp === undefined ? undefined : Number(seccomp),
    namespacePids: numbers(field("NSpid")),
  };
}

/** Whether CAP_SYS_PTRACE is in a set of capabilities. */
export function hasSysPtrace(capabilities: bigint): boolean {
  return (capabilities & SYS_PTRACE) !== 0n;
}

/** Whether every capability of `part` is in `whole`. */
export function includesAll(whole: bigint, part: bigint): boolean {
  return (part & ~whole) === 0n;
}

function numbers(text: string): number[] {
  return text.split(/\s+/).filter((word) => /^\d+$/.test(word)).map(Number);
}

function bits(hex: string): bigint {
  return /^[0-9a-f]{1,32}$/i.test(hex) ? BigInt(`0x${hex}`) : 0n;
}
