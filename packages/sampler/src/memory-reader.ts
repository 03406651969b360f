import { MemoryError, type ProcessMemory } from "@pyspy/process";
import { TargetError } from "./errors.ts";

/** User space of every 64-bit platform ends below this (57 bits with LA57). */
const END_OF_USER_SPACE = 2 ** 57;

/** Values read one by one from a target: for what is read once, not for the sampling path. */
export class MemoryReader {
  readonly memory: ProcessMemory;
  readonly pointerSize: 4 | 8;

  constructor(memory: ProcessMemory, pointerSize: 4 | 8) {
    this.memory = memory;
    this.pointerSize = pointerSize;
  }

  pointer(address: number): number {
    return pointerAt(this.view(address, this.pointerSize), 0, this.pointerSize);
  }

  /** A `Py_ssize_t`; negative values come back negative. */
  size(address: number): number {
    const view = this.view(address, this.pointerSize);
    if (this.pointerSize === 4) return view.getInt32(0, true);
    return view.getUint32(0, true) + view.getInt32(4, true) * 2 ** 32;
  }

  u32(address: number): number {
    return this.view(address, 4).getUint32(0, true);
  }

  u8(address: number): number {
    return this.view(address, 1).getUint8(0);
  }

  view(address: number, length: number): DataView {
    const bytes = this.bytes(address, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  bytes(address: number, length: number): Uint8Array {
    if (!isUserAddress(address)) throw new TargetError(address, `no address of user space: asked for ${length} bytes`);
    return this.memory.read(address, length);
  }

  /** Up to `length` bytes: as many as can be read from `address` on. */
  prefix(address: number, length: number): Uint8Array {
    if (!isUserAddress(address)) return new Uint8Array(0);
    try {
      return this.memory.read(address, length);
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      return error.lengthRead === 0 ? new Uint8Array(0) : this.memory.read(address, error.lengthRead);
    }
  }
}

/** Whether a number can be the address of an object: not null, in user space, aligned to 4. */
export function isObjectAddress(value: number): boolean {
  // The bits of a number below 2^53 are exact; `%` would divide in floating point.
  return isUserAddress(value) && (value & 3) === 0;
}

export function isUserAddress(value: number): boolean {
  return value >= 4096 && value < END_OF_USER_SPACE;
}

export function pointerAt(view: DataView, offset: number, pointerSize: 4 | 8): number {
  const low = view.getUint32(offset, true);
  return pointerSize === 4 ? low : low + view.getUint32(offset + 4, true) * 2 ** 32;
}
