/** Frames that a callee can be put in front of the walked ones: those pushed while the stack was read. */
const HEADROOM = 64;
const FIRST_CAPACITY = 256;

/**
 * The frames of one thread in one sample, innermost first, as parallel columns from `start` up to `end`. Reused from
 * sample to sample: nothing is allocated unless the stack gets deeper than ever before.
 */
export class StackBuffer {
  /** Address of the frame. */
  addresses: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** `CodeObject.id`. */
  codes: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Byte offset of the instruction in the code; negative before the first. */
  instructions: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** What liveness is judged by, see `FrameMarks`. */
  marks: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  start: number = HEADROOM;
  end: number = HEADROOM;

  get depth(): number {
    return this.end - this.start;
  }

  clear(): void {
    this.start = HEADROOM;
    this.end = HEADROOM;
  }

  /** Adds the caller of all frames so far. */
  addCaller(address: number, code: number, instruction: number, marks: number): void {
    if (this.end === this.addresses.length) this.#grow();
    this.#set(this.end++, address, code, instruction, marks);
  }

  /** Adds the callee of the innermost frame. False when there is no room left for one. */
  addCallee(address: number, code: number, instruction: number, marks: number): boolean {
    if (this.start === 0) return false;
    this.#set(--this.start, address, code, instruction, marks);
    return true;
  }

  #set(index: number, address: number, code: number, instruction: number, marks: number): void {
    this.addresses[index] = address;
    this.codes[index] = code;
    this.instructions[index] = instruction;
    this.marks[index] = marks;
  }

  #grow(): void {
    const capacity = this.addresses.length * 2;
    const { addresses, codes, instructions, marks } = this;
    (this.addresses = new Float64Array(capacity)).set(addresses);
    (this.codes = new Int32Array(capacity)).set(codes);
    (this.instructions = new Int32Array(capacity)).set(instructions);
    (this.marks = new Uint8Array(capacity)).set(marks);
  }
}

/** Bits of `StackBuffer.marks`. */
export const FrameMarks = {
  /** Its caller entered it through C: a shim lies between them (3.12 and later) or the frame says so (3.11). */
  entry: 1,
  /** Its value stack is saved: it waits for a Python function that it called without C, or is being made or cleared. */
  saved: 2,
  /** Its saved value stack is not empty: a frame that is being made or cleared has an empty one. */
  holding: 8,
  /** It lies on the data stack, not in a generator. */
  onDataStack: 4,
} as const;
