import { MemoryError, openProcess } from "@pyspy/process";
import { attach, type Pausing, type Python, TargetError } from "@pyspy/sampler";
import { pythons } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { startInline } from "./inline-target.ts";
import { unsupported } from "./supported.ts";

/** Four threads at a time, each with a function of its own, whose number is in its thread's name. */
const PROGRAM = `
import threading
space = {}
for n in range(50):
    exec("def body_%d():\\n    for _ in range(50000): pass\\n" % n, space)
ready()
n = 0
while True:
    threads = []
    for _ in range(4):
        n = (n + 1) % 50
        threads.append(threading.Thread(target=space["body_%d" % n], name="thread-%d" % n))
    for thread in threads: thread.start()
    for thread in threads: thread.join()
`;

const ENOUGH_BODIES = 30;
/** Enough for the slowest machine to have run as many threads. */
const MOST_SAMPLES = 10_000;

interface Seen {
  samples: number;
  threads: number;
  /** Threads of which nothing can be said, and samples that failed altogether. */
  errors: number;
  bodies: number;
  /** Threads with the name of another. */
  misnamed: number;
  readonly outermost: Set<string | undefined>;
}

describe.each(pythons().map((python) => [python.label, python] as const))("threads of %s that come and go", (_, python) => {
  const reason = unsupported(python);

  it.skipIf(reason !== "")(`are read while they are there, by their own names${reason && ` [${reason}]`}`, async () => {
    await using target = await startInline(python, PROGRAM);
    using process = openProcess(target.pid);
    const attached = attach(process);
    for (const pausing of ["when-needed", "never", "always"] as const) {
      const seen = sample(attached, pausing);
      expect(seen.bodies, pausing).toBeGreaterThanOrEqual(ENOUGH_BODIES);
      expect(seen.errors, pausing).toBeLessThanOrEqual(seen.threads * 0.1);
      // Names and threads are not read at one moment, and up to 3.10 a thread's ids can all be another's in the next.
      const share = attached.layout.threadState.nativeThreadId === undefined ? 0.2 : 0.02;
      expect(seen.misnamed, pausing).toBeLessThanOrEqual(2 + seen.bodies * share);
      // A thread has no frames before and after its function.
      expect([...seen.outermost].filter((name) => !["<module>", "_bootstrap", "__bootstrap", undefined].includes(name)), pausing).toEqual([]);
    }
  });
});

function sample(python: Python, pausing: Pausing): Seen {
  const seen: Seen = { samples: 0, threads: 0, errors: 0, bodies: 0, misnamed: 0, outermost: new Set() };
  for (; seen.samples < 200 || (seen.bodies < ENOUGH_BODIES && seen.samples < MOST_SAMPLES); seen.samples++) {
    const end = performance.now() + Math.random();
    while (performance.now() < end) continue;
    try {
      look(python, pausing, seen);
    } catch (error) {
      if (!(error instanceof TargetError || error instanceof MemoryError)) throw error;
      seen.errors++;
    }
  }
  return seen;
}

function look(python: Python, pausing: Pausing, seen: Seen): void {
  const slots = python.sample(pausing);
  expect(slots.length).toBeGreaterThan(0);
  for (const slot of slots) {
    seen.threads++;
    if (slot.outcome !== "exact") {
      seen.errors++;
      continue;
    }
    const { stack } = slot;
    const names: string[] = [];
    for (let index = stack.depth - 1; index >= 0; index--) {
      names.push(python.frames.resolve(stack.codes[index] as number, stack.instructions[index] as number)?.name ?? "");
    }
    seen.outermost.add(names.at(-1));
    const body = names.find((name) => name.startsWith("body_"));
    if (body === undefined) continue;
    seen.bodies++;
    const thread = python.identity.nameOf(slot, slots);
    if (thread !== "" && thread !== body.replace("body_", "thread-")) seen.misnamed++;
  }
}
