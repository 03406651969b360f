import { attach, AttachError, type Python, readStacks, type ThreadStack } from "@pyspy/sampler";
import { ProcessError } from "@pyspy/process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attachErrorOf } from "./attach-error-of.ts";
import { changeable, type ChangedMemory } from "./changed-process.ts";
import { read, saidBy } from "./ready-stacks.ts";
import { type RecordedPython, recordings } from "./recordings.ts";
import type { ThreadSlot } from "../src/thread-slot.ts";

/** More reads than a dump of four threads ever takes, by far. */
const MOST_READS = 20_000;

interface Attached {
  readonly python: Python;
  readonly memory: ChangedMemory;
  /** The thread named worker-0. */
  readonly worker: ThreadSlot;
}

/** Those of threads.py: the others have no worker-0. */
const withWorkers = recordings.filter(({ name }) => !name.includes("-"));

describe.each(withWorkers.map((recording) => [recording.name, recording] as const))("memory of Python %s gone wrong", (_, recording) => {
  const hasDataStack = attach(recording.open()).layout.traits.frames === "data-stack";

  it("frames in a circle", () => {
    const { python, memory, worker } = attached(recording);
    const { addresses, depth } = worker.stack;
    const innermost = depth - 1;
    const { previous } = python.layout.interpreterFrame;
    for (const [from, to] of [[0, innermost], [innermost, innermost], [innermost - 1, innermost], [0, 0]] as const) {
      memory.set((addresses[from] as number) + previous, addresses[to] as number);
      expectOnlyWorkerToFail(python, memory, worker);
      memory.restore();
    }
    expectAllWell(python, recording);
  });

  it.each([1, 4096, 2 ** 47 - 8, 2 ** 57, 2n ** 63n, 2n ** 64n - 1n])("frames that lead to %s", (address) => {
    const { python, memory, worker } = attached(recording);
    const { addresses, depth } = worker.stack;
    for (const index of [depth - 1, 0]) {
      memory.set((addresses[index] as number) + python.layout.interpreterFrame.previous, address);
      expectOnlyWorkerToFail(python, memory, worker);
      memory.restore();
    }
  });

  it.each([0, 8, 4096, 2n ** 63n])("a frame whose code is at %s", (address) => {
    const { python, memory, worker } = attached(recording);
    memory.set((worker.stack.addresses[worker.stack.depth - 2] as number) + python.layout.interpreterFrame.executable, address);
    expectOnlyWorkerToFail(python, memory, worker);
  });

  it.each(["name", "filename", "linetable"] as const)("a code object whose %s has an absurd length", (field) => {
    const { process, memory } = changeable(recording.open());
    const { worker, python } = attached(recording);
    const { layout, codes } = python;
    const code = codes.byId(worker.stack.codes[worker.stack.depth - 2] as number);
    const object = pointer(python, code.address + layout.codeObject[field]);
    const isBytes = field === "linetable" || layout.traits.strings === "bytes";
    const length = isBytes ? layout.bytesObject.size : layout.unicodeObject.length;
    for (const absurd of [2n ** 40n, 2n ** 63n, 2n ** 64n - 1n]) {
      memory.set(object + length, absurd);
      const stacks = stacksOrError(() => readStacks(attach(process)));
      // The file name is every thread's; in 2.7 each code object has one of its own.
      const isShared = field === "filename" && layout.traits.strings === "unicode";
      expect(stacks.filter(({ exact, name: thread }) => exact && (thread === "worker-0" || isShared)), String(absurd)).toEqual([]);
      expectBounded(memory);
    }
  });

  it.skipIf(!hasDataStack)(`chunks of the data stack in a circle, or of absurd sizes${hasDataStack ? "" : " [needs Python 3.11]"}`, () => {
    const { python, memory, worker } = attached(recording);
    const chunk = python.layout.stackChunk as NonNullable<typeof python.layout.stackChunk>;
    const address = worker.chunks[0] as number;
    const top = worker.address + (python.layout.threadState.datastackTop as number);
    const changes: readonly (() => void)[] = [
      () => memory.set(address + chunk.previous, address),
      () => memory.set(address + chunk.previous, 4096),
      () => memory.set(address + chunk.previous, 2n ** 63n),
      () => memory.set(address + chunk.size, 2n ** 40n),
      () => memory.set(address + chunk.size, 2n ** 64n - 1n),
      () => memory.set(address + chunk.size, 0),
      () => memory.set(top, 0),
      () => memory.set(top, 2n ** 63n),
      () => {
        memory.set(address + chunk.size, 64 * 1024 * 1024);
        memory.set(top, address + 64 * 1024 * 1024);
      },
    ];
    for (const change of changes) {
      change();
      expectOnlyWorkerToFail(python, memory, worker);
      memory.restore();
      expectAllWell(python, recording);
    }
  });

  it("lists of threads and interpreters in a circle, or of another's", () => {
    const { python, process, memory, worker } = { ...attached(recording), ...changeable(recording.open()) };
    const { interpreterState, runtimeState, threadState } = python.layout;
    const interpreter = worker.interpreter.address;
    const wrong: readonly (readonly [address: number, value: number | bigint, saw: RegExp])[] = [
      [worker.address + threadState.next, worker.address, /cycle in a linked list at 0x/],
      [interpreter + interpreterState.next, interpreter, /cycle in a linked list at 0x/],
      [worker.address + threadState.next, 2n ** 63n, /no address of a list's element at 0x/],
      [worker.address + threadState.interp, worker.address, /thread state of interpreter 0x[0-9a-f]+ in another one's list at 0x/],
      [python.runtime + runtimeState.interpretersHead, 0, /no interpreters \(yet, or any more\) at 0x/],
      [python.runtime + runtimeState.interpretersHead, 4096, /cannot read \d+ bytes at 0x/],
    ];
    for (const [address, value, saw] of wrong) {
      memory.set(address, value);
      const error = attachErrorOf(() => attach(process, { strategies: [python.strategy] }));
      expect(error.code).toBe("interpreter-not-found");
      expect(error.attempts.find(({ strategy }) => strategy === python.strategy)?.saw).toMatch(saw);
      expectBounded(memory);
      memory.restore();
    }
  });

  it("any word, any value: stacks or a typed error, in bounded time", () => {
    const { process, memory } = changeable(recording.open());
    readStacks(attach(process));
    const words = [...new Set(memory.spans.flatMap(({ address, length }) => wordsIn(address, length)))];
    const values = [0, 1, 2 ** 31, 2 ** 57, 2n ** 63n, 2n ** 64n - 1n, 4096];
    const value = fc.oneof(fc.constantFrom(...values), fc.constantFrom(...words), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    const changes = fc.array(fc.tuple(fc.constantFrom(...words), value), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(changes, (all) => {
        memory.restore();
        for (const [address, to] of all) memory.set(address, to);
        const stacks = stacksOrError(() => readStacks(attach(process)));
        for (const { frames } of stacks) expect(frames.every(({ line, name: frame }) => Number.isInteger(line) && typeof frame === "string")).toBe(true);
        expectBounded(memory);
      }),
      { numRuns: 60 },
    );
  });
});

function attached(recording: RecordedPython): Attached {
  const { process, memory } = changeable(recording.open());
  const python = attach(process);
  const slots = python.sample("never");
  const worker = slots.find((slot) => python.identity.nameOf(slot, slots) === "worker-0");
  if (!worker) throw new Error("no worker-0");
  return { python, memory, worker };
}

/** Whatever changed is read in the next sample: as if the GIL had gone to the worker. */
function expectOnlyWorkerToFail(python: Python, memory: ChangedMemory, worker: ThreadSlot): void {
  worker.parked = false;
  const before = memory.calls;
  const outcomes = python.sample("never").map((slot) => [slot === worker ? "worker" : "other", slot.outcome]);
  const [, bad] = outcomes.find(([who]) => who === "worker") ?? [];
  expect(bad).toMatch(/^(failed|torn|stale)$/);
  for (const [who, outcome] of outcomes) if (who === "other") expect(outcome).toBe("exact");
  expect(memory.calls - before).toBeLessThan(MOST_READS);
}

function expectAllWell(python: Python, recording: RecordedPython): void {
  expect(read(readStacks(python))).toEqual(saidBy(recording.ready));
}

function expectBounded(memory: ChangedMemory): void {
  const { calls } = memory;
  expect(calls - (lastCalls.get(memory) ?? 0)).toBeLessThan(MOST_READS);
  lastCalls.set(memory, calls);
}

const lastCalls = new WeakMap<ChangedMemory, number>();

function stacksOrError(run: () => ThreadStack[]): ThreadStack[] {
  try {
    return run();
  } catch (error) {
    if (error instanceof AttachError || error instanceof ProcessError) return [];
    throw error;
  }
}

function pointer({ process }: Python, address: number): number {
  const bytes = process.memory.read(address, 8);
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
}

/** A few words of what was read at once: all of small things, the beginnings of large ones. */
function wordsIn(address: number, length: number): number[] {
  const first = Math.ceil(address / 8) * 8;
  return Array.from({ length: Math.min(Math.floor(length / 8), 64) }, (_, index) => first + index * 8);
}
