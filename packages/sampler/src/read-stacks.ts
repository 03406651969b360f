import type { Pausing } from "./pausing.ts";
import type { Python } from "./python.ts";
import { FrameMarks } from "./stack-buffer.ts";
import type { PythonFrame, ThreadStack } from "./thread-stack.ts";
import type { ThreadSlot } from "./thread-slot.ts";
import type { LocalsOptions, LocalVariable } from "./values/local-variable.ts";
import { LocalsReader } from "./values/locals-reader.ts";

export interface ReadStacksOptions {
  /** Default: "when-needed". With `locals`, that is "always" where the process can be paused. */
  readonly pausing?: Pausing;
  /**
   * Reads the variables of each frame, too. In the same pause: read with `pausing: "never"` from a process that runs,
   * values may be of another moment than the stacks, or "?".
   */
  readonly locals?: LocalsOptions;
}

/** By thread, then by frame from the innermost. */
type Locals = ReadonlyMap<ThreadSlot, readonly (LocalVariable[] | undefined)[]>;

/**
 * The stacks of all threads of all interpreters, newest thread first. A thread that has no Python frames, that a fork left
 * behind, or whose stack cannot be read, is left out.
 * Throws `ProcessError` when the process is gone or cannot be paused.
 */
export function readStacks(python: Python, options: ReadStacksOptions = {}): ThreadStack[] {
  const { slots, locals } = options.locals ? sampleWithLocals(python, options.locals, options.pausing) : sample(python, options.pausing);
  return slots
    .filter((slot) => slot.stack.depth > 0 && !slot.ended)
    .map((slot) => threadStack(python, slot, slots, locals?.get(slot)));
}

function sample(python: Python, pausing: Pausing = "when-needed"): { slots: readonly ThreadSlot[]; locals?: Locals } {
  return { slots: python.sample(pausing) };
}

function sampleWithLocals(python: Python, options: LocalsOptions, pausing?: Pausing): { slots: readonly ThreadSlot[]; locals: Locals } {
  const canPause = python.process.capabilities.pause && pausing !== "never";
  const locals = new Map<ThreadSlot, (LocalVariable[] | undefined)[]>();
  const slots = python.sample(canPause ? "always" : "never", (sampled) => {
    const reader = new LocalsReader(python.process.memory, python.layout, options);
    for (const slot of sampled) locals.set(slot, localsOf(python, slot, reader));
  });
  return { slots, locals };
}

function localsOf(python: Python, { stack }: ThreadSlot, reader: LocalsReader): (LocalVariable[] | undefined)[] {
  const locals: (LocalVariable[] | undefined)[] = [];
  for (let index = stack.depth - 1; index >= 0; index--) {
    locals.push(reader.read(stack.addresses[index] as number, python.codes.byId(stack.codes[index] as number)));
  }
  return locals;
}

function threadStack(python: Python, slot: ThreadSlot, slots: readonly ThreadSlot[], locals: readonly (LocalVariable[] | undefined)[] = []): ThreadStack {
  const { stack } = slot;
  const isFrameObjects = python.layout.traits.frames === "frame-objects";
  const frames: PythonFrame[] = [];
  for (let index = stack.depth - 1; index >= 0; index--) {
    const frame = python.frames.resolve(stack.codes[index] as number, stack.instructions[index] as number);
    if (!frame) continue;
    const entry = isFrameObjects || ((stack.marks[index] as number) & FrameMarks.entry) !== 0;
    const variables = locals[stack.depth - 1 - index];
    frames.push({ ...frame, entry, ...(variables && { locals: variables }) });
  }
  return {
    interpreter: slot.interpreter.id,
    threadId: slot.threadId,
    osThreadId: slot.osThreadId,
    name: python.identity.nameOf(slot, slots),
    active: python.activity.isActive(slot, frames[0]),
    holdsGil: slot.holdsGil,
    exact: slot.outcome === "exact",
    frames,
  };
}
