import { openProcess } from "@pyspy/process";
import { attach, type Python } from "@pyspy/sampler";
import { pythons } from "@pyspy/test-fixtures";
import { describe, expect, it } from "vitest";
import { changeable } from "./changed-process.ts";
import { startInline } from "./inline-target.ts";
import { unsupported } from "./supported.ts";

const SLEEPERS = 5;
/** The GIL goes from thread to thread only at the start. */
const ONE_RUNS = `
import threading, time
started = [threading.Event() for _ in range(${SLEEPERS})]
def sleeper(event):
    event.set()
    time.sleep(3600)
for event in started:
    threading.Thread(target=sleeper, args=(event,), daemon=True).start()
for event in started:
    event.wait()
time.sleep(0.2)
ready()
while True: pass
`;
/** Beside a thread that runs on, one sleeps and works in turns, each for longer than it takes to be looked at again. */
const TWO_RUN = `
import threading, time
def one():
    end = time.time() + 0.02
    while time.time() < end: pass
def two():
    end = time.time() + 0.02
    while time.time() < end: pass
def turns():
    while True:
        one()
        time.sleep(0.02)
        two()
        time.sleep(0.02)
threading.Thread(target=turns, daemon=True).start()
ready()
while True: pass
`;

/** From 3.7 on the GIL can be asked how often it changed hands; threads that run without one change no count. */
const counting = pythons().filter((python) => unsupported(python) === "" && !python.freeThreaded && python.version.major === 3 && python.version.minor >= 7);

describe.each(counting.map((python) => [python.label, python] as const))("threads of %s", (_, interpreter) => {
  it("that cannot have run are not read, and keep their stacks", async () => {
    await using target = await startInline(interpreter, ONE_RUNS);
    const { process, memory } = changeable(openProcess(target.pid));
    using _process = process;
    const python = attach(process);
    const stacks = sampleUntilParked(python);
    const parked = python.sample("never").filter((slot) => slot.parked);
    expect(parked).toHaveLength(SLEEPERS);
    const before = memory.spans.length;
    const slots = python.sample("never");
    const read = memory.spans.slice(before);
    for (const { address } of slots.filter((slot) => slot.parked)) expect(read.some((span) => address >= span.address && address < span.address + span.length)).toBe(false);
    expect(slots.map((slot) => [slot.outcome, namesOf(python, slot)])).toEqual(stacks);
  });

  it("that run now and then are seen as often as they do", async () => {
    await using target = await startInline(interpreter, TWO_RUN);
    using process = openProcess(target.pid);
    const python = attach(process);
    const seen = new Map<string, number>();
    for (let count = 0; count < 400; count++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 + 2 * Math.random());
      for (const slot of python.sample("when-needed")) {
        const names = namesOf(python, slot);
        if (names.includes("turns")) seen.set(names.at(-1) as string, (seen.get(names.at(-1) as string) ?? 0) + 1);
      }
    }
    for (const name of ["one", "two"]) expect(seen.get(name) ?? 0, JSON.stringify([...seen])).toBeGreaterThan(40);
    expect(seen.get("turns") ?? 0, JSON.stringify([...seen])).toBeGreaterThan(40);
  });
});

/** Returns what the samples show from then on: of each thread the outcome, and names from the outermost on. */
function sampleUntilParked(python: Python): [string, string[]][] {
  for (let count = 0; count < 1000; count++) {
    const slots = python.sample("never");
    if (slots.filter(({ parked }) => parked).length === SLEEPERS) return slots.map((slot) => [slot.outcome, namesOf(python, slot)]);
  }
  throw new Error("not parked in 1000 samples");
}

function namesOf(python: Python, { stack }: { readonly stack: { readonly depth: number; readonly codes: Int32Array; readonly instructions: Int32Array } }): string[] {
  const names: string[] = [];
  for (let index = 0; index < stack.depth; index++) {
    const frame = python.frames.resolve(stack.codes[index] as number, stack.instructions[index] as number);
    if (frame) names.push(frame.name);
  }
  return names;
}
