import type { Process, ProcessMemory, ReadBatch } from "@pyspy/process";

/** Memory of which some bytes read otherwise than they are, and which says what was read. */
export class ChangedMemory implements ProcessMemory {
  readonly #inner: ProcessMemory;
  readonly #changes = new Map<number, number>();
  readonly #spans: { readonly address: number; readonly length: number }[] = [];

  constructor(inner: ProcessMemory) {
    this.#inner = inner;
  }

  get method(): string {
    return this.#inner.method;
  }

  get calls(): number {
    return this.#inner.calls;
  }

  /** All spans that were read, one after the other. */
  get spans(): readonly { readonly address: number; readonly length: number }[] {
    return this.#spans;
  }

  /** Sets `length` bytes to a number, little-endian. */
  set(address: number, value: number | bigint, length: 1 | 4 | 8 = 8): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let at = 0; at < length; at++, rest >>= 8n) this.#changes.set(address + at, Number(rest & 0xffn));
  }

  restore(): void {
    this.#changes.clear();
  }

  batch(bytes: number, spans: number): ReadBatch {
    return this.#inner.batch(bytes, spans);
  }

  readBatch(batch: ReadBatch): number {
    const whole = this.#inner.readBatch(batch);
    for (let span = 0; span < batch.count; span++) {
      const start = batch.offset(span);
      this.#change(batch.address(span), batch.bytes.subarray(start, start + batch.lengthRead(span)));
    }
    return whole;
  }

  read(address: number, length: number): Uint8Array {
    const bytes = this.#inner.read(address, length);
    this.#change(address, bytes);
    return bytes;
  }

  #change(start: number, bytes: Uint8Array): void {
    this.#spans.push({ address: start, length: bytes.length });
    for (const [address, value] of this.#changes) {
      if (address >= start && address < start + bytes.length) bytes[address - start] = value;
    }
  }
}

/** A process with such memory. */
export function changeable(process: Process): { readonly process: Process; readonly memory: ChangedMemory } {
  const memory = new ChangedMemory(process.memory);
  const changed = new Proxy(process, {
    get: (target, name) => {
      if (name === "memory") return memory;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { process: changed, memory };
}
