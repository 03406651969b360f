const FIRST_CAPACITY = 256;

/**
 * The frames of one thread, outermost first, as parallel columns up to `depth`. Reused from sample to sample: nothing is
 * allocated unless the stack gets deeper than ever before, and a frame that comes again is seen to be the same.
 *
 * `since...` are marks that others set to `depth` when they have dealt with the stack: how many frames, from the outermost,
 * are still what they were then.
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
  depth = 0;
  /** Since the sample was started. */
  sinceStart = 0;
  /** Since the bytes that the frames were read from were kept. */
  sinceKept = 0;
  /** Since the stack was recorded. */
  sinceRecorded = 0;
  /** Since the code objects were verified; here, a frame may be at another instruction. */
  sinceVerified = 0;
  #depthAtStart = 0;

  startSample(): void {
    this.#depthAtStart = this.depth;
    this.sinceStart = this.depth;
  }

  /** Empties the stack, and makes it differ from whatever comes. */
  forget(): void {
    this.depth = 0;
    this.sinceKept = 0;
    this.sinceRecorded = 0;
    this.sinceVerified = 0;
    this.startSample();
  }

  /** Whether the stack is the one that was here when the sample was started. */
  get isRepeated(): boolean {
    return this.depth === this.#depthAtStart && this.sinceStart >= this.depth;
  }

  /** Adds a frame that the innermost one called. */
  push(address: number, code: number, instruction: number, marks: number): void {
    const index = this.depth++;
    if (index === this.addresses.length) this.#grow();
    if (this.addresses[index] !== address || this.codes[index] !== code) {
      this.addresses[index] = address;
      this.codes[index] = code;
      this.sinceVerified = Math.min(this.sinceVerified, index);
      this.#markChange(index);
    }
    if (this.instructions[index] !== instruction) {
      this.instructions[index] = instruction;
      this.#markChange(index);
    }
    this.marks[index] = marks;
  }

  /** Says of a frame that is there that it is at another instruction. */
  setInstruction(index: number, instruction: number): void {
    if (this.instructions[index] === instruction) return;
    this.instructions[index] = instruction;
    this.#markChange(index);
  }

  #markChange(index: number): void {
    if (index < this.sinceStart) this.sinceStart = index;
    if (index < this.sinceKept) this.sinceKept = index;
    if (index < this.sinceRecorded) this.sinceRecorded = index;
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
  /** It lies on the data stack, not in a generator. */
  onDataStack: 4,
  /** Its saved value stack is not empty: a frame that is being made or cleared has an empty one. */
  holding: 8,
} as const;
