import type { FrameId, StackId } from "./profile.ts";

/** Slots of a hash table for `capacity` stacks: at most half of them are ever used. */
const slotsPerStack = 2;
const firstCapacity = 1024;
/** Stack ids are 32 bits wide, and a typed array of the slots has to exist. */
const maxStacks = 2 ** 29;

/**
 * Every distinct call stack once: a trie from the root, each node a frame and the stack of its callers. Node 0 is the
 * empty stack; a parent's number is always below its children's, so walks to the root end.
 *
 * Adding allocates only when the arrays double: 16 to 32 bytes a stack in all.
 */
export class StackTable {
  #size = 1;
  #parents = new Uint32Array(firstCapacity);
  #frames = new Uint32Array(firstCapacity);
  /** Open addressing with linear probing; a slot holds a stack, 0 is free. */
  #slots = new Uint32Array(firstCapacity * slotsPerStack);

  /** Number of stacks, the empty one included. */
  get size(): number {
    return this.#size;
  }

  /** The stack of `frame` called from `parent`. `parent` must be in the table, `frame` a 32-bit unsigned integer. */
  add(parent: StackId, frame: FrameId): StackId {
    const mask = this.#slots.length - 1;
    let slot = hash(parent, frame) & mask;
    for (;;) {
      const stack = this.#slots[slot]!;
      if (stack === 0) break;
      if (this.#parents[stack] === parent && this.#frames[stack] === frame) return stack;
      slot = (slot + 1) & mask;
    }
    return this.#append(parent, frame, slot);
  }

  /** Caller's stack of `stack`; 0 for the empty stack and for numbers not in the table. */
  parent(stack: StackId): StackId {
    return stack < this.#size ? this.#parents[stack]! : 0;
  }

  /** Innermost frame of `stack`; without meaning for the empty stack. */
  frame(stack: StackId): FrameId {
    return stack < this.#size ? this.#frames[stack]! : 0;
  }

  /** Frames root first. */
  path(stack: StackId): FrameId[] {
    const path: FrameId[] = [];
    for (let at = stack; at !== 0; at = this.parent(at)) path.push(this.frame(at));
    return path.reverse();
  }

  /** Views of the columns, one element a stack; good until the next `add`. */
  columns(): StackColumns {
    return { parents: this.#parents.subarray(0, this.#size), frames: this.#frames.subarray(0, this.#size) };
  }

  #append(parent: StackId, frame: FrameId, slot: number): StackId {
    const stack = this.#size;
    if (stack === this.#parents.length) {
      this.#grow();
      return this.add(parent, frame);
    }
    this.#parents[stack] = parent;
    this.#frames[stack] = frame;
    this.#slots[slot] = stack;
    this.#size = stack + 1;
    return stack;
  }

  #grow(): void {
    const capacity = this.#parents.length * 2;
    if (capacity > maxStacks) throw new RangeError(`a profile holds at most ${maxStacks / 2} distinct stacks`);
    this.#parents = grown(this.#parents, capacity);
    this.#frames = grown(this.#frames, capacity);
    this.#slots = new Uint32Array(capacity * slotsPerStack);
    const mask = this.#slots.length - 1;
    for (let stack = 1; stack < this.#size; stack++) {
      let slot = hash(this.#parents[stack]!, this.#frames[stack]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = stack;
    }
  }
}

/** Columns of a `StackTable`, indexed by stack. Element 0 is the empty stack. */
export interface StackColumns {
  readonly parents: Uint32Array;
  readonly frames: Uint32Array;
}

function hash(parent: number, frame: number): number {
  const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(frame + 0x7f4a7c15, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 7;
}

function grown(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(capacity);
  larger.set(column);
  return larger;
}
