import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { openProcess, type Process } from "@pyspy/process";
import { attach, type AttachOptions, readStacks, type ThreadStack } from "@pyspy/sampler";

/** Says "ready" and its own idea of its pid, then sleeps in `inner`. Runs on every Python, and without any extension module. */
export const SLEEPER = `import sys, os, time
def inner():
    sys.stdout.write("ready %d\\n" % os.getpid())
    sys.stdout.flush()
    time.sleep(60)
def outer():
    inner()
outer()
`;

/** Functions of `SLEEPER`, innermost first. */
export const SLEEPING: readonly string[] = ["inner", "outer", "<module>"];

/** A program somewhere, and what it says. */
export interface Place extends AsyncDisposable {
  /** The program's, or, where that starts another itself, its first one's; undefined until there is one. */
  pid(): number;
  readonly shell: ChildProcess;
  /** The next line it says. Rejects at its end, and after 30 s. */
  line(): Promise<string>;
  tell(text: string): void;
}

export interface PlaceOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a program. A shell stands between: of its own child, Node would take a stop by a tracer for its end. */
export function startPlace(command: readonly string[], { env = {}, cwd }: PlaceOptions = {}): Place {
  const shell = spawn("/bin/sh", ["-c", '"$@"; exit $?', "sh", ...command], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...env },
    ...(cwd !== undefined && { cwd }),
  });
  const lines = createInterface(shell.stdout!)[Symbol.asyncIterator]();
  return {
    shell,
    pid: () => childOf(shell.pid as number),
    line: () => nextLine(lines, command[0] as string),
    tell: (text) => void shell.stdin?.write(text),
    [Symbol.asyncDispose]: () => stop(shell),
  };
}

async function nextLine(lines: AsyncIterator<string>, name: string): Promise<string> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error(`${name} said nothing for 30 s`)), 30_000).unref());
  const { done, value } = await Promise.race([lines.next(), late]);
  if (done) throw new Error(`${name} ended`);
  return value as string;
}

export function childOf(pid: number): number {
  using process = openProcess(pid);
  const [child] = process.children();
  if (child === undefined) throw new Error(`process ${pid} has no child`);
  return child;
}

async function stop(shell: ChildProcess): Promise<void> {
  if (shell.exitCode !== null || shell.signalCode !== null) return;
  const ended = once(shell, "exit");
  process.kill(-(shell.pid as number), "SIGKILL");
  await ended;
}

/** Names of each thread's functions, innermost first, threads with frames only. */
export function namesOf(stacks: readonly ThreadStack[]): string[][] {
  return stacks.map(({ frames }) => frames.map(({ name }) => name)).filter((names) => names.length > 0);
}

/** The stacks of a process that says "ready" in `inner`, a moment before it sleeps there. */
export async function sleepingStacks(process: Process, options?: AttachOptions): Promise<ThreadStack[]> {
  const python = attach(process, options);
  for (const deadline = Date.now() + 10_000; ; ) {
    const stacks = readStacks(python);
    if (stacks.length > 0 && stacks.every(({ active }) => !active)) return stacks;
    if (Date.now() > deadline) return stacks;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
