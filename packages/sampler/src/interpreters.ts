import type { Layout } from "@pyspy/layouts";
import { TargetError } from "./errors.ts";
import { isObjectAddress, type MemoryReader } from "./memory-reader.ts";

const MAX_INTERPRETERS = 256;
const MAX_THREADS = 8192;

/** A `PyInterpreterState` of the target. */
export interface Interpreter {
  readonly address: number;
  /** 0 for the main interpreter, which is the oldest; up to 3.6 counted from there. */
  readonly id: number;
}

/** All interpreters of a runtime, newest first. Throws {@link TargetError} when the list is none. */
export function readInterpreters(reader: MemoryReader, layout: Layout, runtime: number): Interpreter[] {
  const { interpreterState, runtimeState } = layout;
  const head = reader.pointer(runtime + runtimeState.interpretersHead);
  const addresses = linkedList(reader, head, interpreterState.next, MAX_INTERPRETERS);
  return addresses.map((address, index) => {
    const id = interpreterState.id === undefined ? addresses.length - 1 - index : reader.u32(address + interpreterState.id);
    return { address, id };
  });
}

/** Addresses of an interpreter's thread states, newest first. Throws {@link TargetError} unless each belongs to it. */
export function readThreadStates(reader: MemoryReader, layout: Layout, interpreter: Interpreter): number[] {
  const { interpreterState, threadState } = layout;
  const head = reader.pointer(interpreter.address + interpreterState.threadsHead);
  const states = linkedList(reader, head, threadState.next, MAX_THREADS);
  for (const state of states) {
    const owner = reader.pointer(state + threadState.interp);
    if (owner !== interpreter.address) {
      throw new TargetError(state, `thread state of interpreter 0x${owner.toString(16)} in another one's list`);
    }
  }
  return states;
}

function linkedList(reader: MemoryReader, head: number, next: number, most: number): number[] {
  const addresses = new Set<number>();
  for (let address = head; address !== 0; address = reader.pointer(address + next)) {
    if (!isObjectAddress(address)) throw new TargetError(address, "no address of a list's element");
    if (addresses.has(address)) throw new TargetError(address, "cycle in a linked list");
    if (addresses.size === most) throw new TargetError(head, `linked list of more than ${most} elements`);
    addresses.add(address);
  }
  return [...addresses];
}
