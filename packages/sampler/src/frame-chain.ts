const FIRST_CAPACITY = 64;

/** Frames as their links lead from the innermost one outwards, with what was read of each. */
export class FrameChain {
  length = 0;
  addresses: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** Addresses of code objects, or what else tells the code. */
  executables: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** As read, or decoded. */
  instructions: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** Which copy of its bytecode the frame runs; 0 where there is one only. */
  copies: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** `stacktop`; 0 where frames have none. */
  stackTops: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Of `FrameMarks`, what does not take the code to know. */
  marks: Uint8Array = new Uint8Array(FIRST_CAPACITY);

  add(address: number, executable: number, instruction: number, copy: number, stackTop: number, marks: number): void {
    const index = this.length++;
    if (index === this.addresses.length) this.#grow();
    this.addresses[index] = address;
    this.executables[index] = executable;
    this.instructions[index] = instruction;
    this.copies[index] = copy;
    this.stackTops[index] = stackTop;
    this.marks[index] = marks;
  }

  #grow(): void {
    const capacity = this.addresses.length * 2;
    const { addresses, executables, instructions, copies, stackTops, marks } = this;
    (this.addresses = new Float64Array(capacity)).set(addresses);
    (this.executables = new Float64Array(capacity)).set(executables);
    (this.instructions = new Float64Array(capacity)).set(instructions);
    (this.copies = new Int32Array(capacity)).set(copies);
    (this.stackTops = new Int32Array(capacity)).set(stackTops);
    (this.marks = new Uint8Array(capacity)).set(marks);
  }
}
