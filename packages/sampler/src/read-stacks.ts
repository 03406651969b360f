import type { Pausing } from "./pausing.ts";
import type { Python } from "./python.ts";
import type { PythonFrame, ThreadStack } from "./thread-stack.ts";
import type { ThreadSlot } from "./thread-slot.ts";

export interface ReadStacksOptions {
  /** Default: "when-needed". */
  readonly pausing?: Pausing;
}

/**
 * The stacks of all threads of all interpreters, newest thread first. A thread whose stack cannot be read is left out.
 * Throws `ProcessError` when the process is gone or cannot be paused.
 */
export function readStacks(python: Python, options: ReadStacksOptions = {}): ThreadStack[] {
  const slots = python.sample(options.pausing ?? "when-needed");
  return slots
    .filter((slot) => slot.outcome === "exact" || slot.stack.depth > 0)
    .map((slot) => threadStack(python, slot, slots));
}

function threadStack(python: Python, slot: ThreadSlot, slots: readonly ThreadSlot[]): ThreadStack {
  const { stack } = slot;
  const frames: PythonFrame[] = [];
  for (let index = stack.start; index < stack.end; index++) {
    const frame = python.frames.resolve(stack.codes[index] as number, stack.instructions[index] as number);
    if (frame) frames.push(frame);
  }
  return {
    interpreter: slot.interpreter.id,
    threadId: slot.threadId,
    osThreadId: slot.osThreadId,
    name: python.identity.nameOf(slot, slots),
    active: python.activity.isActive(slot.osThreadId, frames[0]),
    holdsGil: slot.holdsGil,
    exact: slot.outcome === "exact",
    frames,
  };
}
