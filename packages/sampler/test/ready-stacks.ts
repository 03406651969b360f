import type { Ready, ReadyFrame, ReadyThread } from "@pyspy/test-fixtures";
import type { ThreadStack } from "@pyspy/sampler";

/** A stack as far as a program can tell of itself. */
export interface StackFacts {
  readonly name: string;
  readonly interpreter: number;
  readonly threadId: number;
  readonly osThreadId: number;
  readonly active: boolean;
  readonly exact: boolean;
  readonly frames: readonly ReadyFrame[];
}

/** What a program said of its threads. */
export function saidBy({ threads, version }: Ready): StackFacts[] {
  const facts = threads.map((thread) => ({
    name: thread.interpreter === 0 ? thread.name : nameInside(thread, threads, version[1]),
    interpreter: thread.interpreter,
    threadId: thread.ident,
    osThreadId: thread.nativeId ?? 0,
    active: thread.running,
    exact: true,
    frames: thread.frames,
  }));
  return facts.sort(byThread);
}

/** Up to 3.12 a second interpreter's `threading` takes the thread that imports it for the main one; later it has none. */
function nameInside({ ident }: ReadyThread, threads: readonly ReadyThread[], minor: number): string {
  if (minor <= 12) return "MainThread";
  return threads.find((thread) => thread.interpreter === 0 && thread.ident === ident)?.name ?? "";
}

/** The same of stacks that were read. */
export function read(stacks: readonly ThreadStack[]): StackFacts[] {
  const facts = stacks.map(({ name, interpreter, threadId, osThreadId, active, exact, frames }) => ({
    name,
    interpreter,
    threadId,
    osThreadId,
    active,
    exact,
    frames: frames.map(({ name: frame, qualifiedName, file, line, firstLine }) => ({ name: frame, qualifiedName, file, line, firstLine })),
  }));
  return facts.sort(byThread);
}

function byThread(a: StackFacts, b: StackFacts): number {
  return a.interpreter - b.interpreter || a.threadId - b.threadId;
}
