/** What an error of the packages below says of itself; on the recording thread's errors only this is left. */
interface Failure {
  readonly code?: unknown;
  readonly message: string;
}

const PERMISSION = `Reading another process takes the right to trace it. Run pyspy as root: sudo env "PATH=$PATH" pyspy ...
If it runs as the same user already, /proc/sys/kernel/yama/ptrace_scope may have to be 0.`;
const PERMISSION_OF_ROOT = `Even root may not read this process. In a container, give it the capability SYS_PTRACE: docker run --cap-add SYS_PTRACE,
or securityContext.capabilities.add: ["SYS_PTRACE"] in Kubernetes.`;

/** What to do about an error, by its code; facts are in the error's own message. */
const ADVICE: ReadonlyMap<unknown, () => string> = new Map(Object.entries({
  "no-such-process": () => "Check the process id: ps lists the processes that run.",
  "permission-denied": () => (process.getuid?.() === 0 ? PERMISSION_OF_ROOT : PERMISSION),
  "pause-failed": () => "A debugger or another profiler may hold it. With --nonblocking it is read without being stopped.",
  "spawn-failed": () => "Check the program's name: it is looked up in PATH.",
  "not-python": () => "Check the process id: only CPython can be read. A Python that it has started has a process id of its own.",
  "unsupported-version": () => "CPython 3.8 to 3.15 can be read.",
  "interpreter-not-found": () => "If the process is just starting or ending, try again.",
}));

/** The message for an error, with advice where there is some. A bug is shown with its place. */
export function advise(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = failureOf(error);
  const advice = ADVICE.get(code)?.();
  if (advice !== undefined) return `${message}\n${advice}`;
  return isBug(error) ? (error.stack ?? message) : message;
}

/** By shape, not by class: the classes' packages are loaded only by the commands that need them. */
function failureOf(error: Error): Failure {
  return (error as { failure?: Failure }).failure ?? error;
}

function isBug(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}
