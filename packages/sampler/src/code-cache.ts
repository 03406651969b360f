import type { Layout } from "@pyspy/layouts";
import { type CodeObject, identitySpan, readCodeObject, readIdentity, sameIdentity } from "./code-object.ts";
import { MemoryError, type ReadBatch } from "@pyspy/process";
import { TargetError } from "./errors.ts";
import { isObjectAddress, type MemoryReader } from "./memory-reader.ts";
import { readCString } from "./python-type.ts";

/** Code objects remembered at most; a program that makes more has all that it still uses decoded anew. */
const MAX_CODES = 20_000;

/** Code objects by address, each read once, with the means to prove that an address still holds the same one. */
export class CodeCache {
  readonly #reader: MemoryReader;
  readonly #layout: Layout;
  readonly #byAddress = new Map<number, CodeObject>();
  #byId: (CodeObject | undefined)[] = [undefined];
  readonly #identity = new Float64Array(8);
  #codeType = 0;
  #generation = 0;

  constructor(reader: MemoryReader, layout: Layout) {
    this.#reader = reader;
    this.#layout = layout;
  }

  /** The code object at an address, or `undefined` if what is there is none. */
  at(address: number): CodeObject | undefined {
    return this.#byAddress.get(address) ?? this.#read(address);
  }

  /** How many are known. */
  get size(): number {
    return this.#byId.length - 1;
  }

  /** Changes when all are forgotten: then ids are given anew. */
  get generation(): number {
    return this.#generation;
  }

  /** Forgets all when there are too many; true if so. What is known by their ids has to be forgotten, too. */
  trim(): boolean {
    if (this.size < MAX_CODES) return false;
    this.#byAddress.clear();
    this.#byId = [undefined];
    this.#generation++;
    return true;
  }

  /** What was read with a code object does not fit it: forgets it if its address has been reused. */
  recheck(code: CodeObject): void {
    try {
      const view = this.#reader.view(code.address, identitySpan(this.#layout));
      if (sameIdentity(readIdentity(this.#layout, view, 0, this.#identity), code.identity)) return;
    } catch (error) {
      if (!(error instanceof TargetError || error instanceof MemoryError)) throw error;
    }
    this.#forget(code);
  }

  byId(id: number): CodeObject {
    const code = this.#byId[id];
    if (!code) throw new RangeError(`no code object ${id}`);
    return code;
  }

  /** Adds to the batch what `verify` needs. Returns the span's index. */
  addToBatch(batch: ReadBatch, code: CodeObject): number {
    return batch.add(code.address, identitySpan(this.#layout));
  }

  /** Whether the span, just read, still holds the code object; forgets it if not. */
  verify(batch: ReadBatch, span: number, code: CodeObject): boolean {
    const whole = batch.lengthRead(span) === batch.length(span);
    if (whole && sameIdentity(readIdentity(this.#layout, batch.view, batch.offset(span), this.#identity), code.identity)) {
      return true;
    }
    this.#forget(code);
    return false;
  }

  /** Makes the next `at` look again. */
  #forget(code: CodeObject): void {
    if (this.#byAddress.get(code.address) === code) this.#byAddress.delete(code.address);
  }

  #read(address: number): CodeObject | undefined {
    if (!isObjectAddress(address)) return undefined;
    try {
      if (!this.#isCode(address)) return undefined;
      const code = readCodeObject(this.#reader, this.#layout, address, this.#byId.length);
      // The target runs on: only what is the same after all parts were read belongs together.
      const view = this.#reader.view(address, identitySpan(this.#layout));
      if (!sameIdentity(readIdentity(this.#layout, view, 0, this.#identity), code.identity)) return undefined;
      this.#remember(code);
      return code;
    } catch (error) {
      if (error instanceof TargetError || error instanceof MemoryError) return undefined;
      throw error;
    }
  }

  #remember(code: CodeObject): void {
    this.#byAddress.set(code.address, code);
    this.#byId.push(code);
  }

  #isCode(address: number): boolean {
    const type = this.#reader.pointer(address + this.#layout.object.type);
    if (type === this.#codeType) return true;
    if (this.#codeType !== 0 || !isObjectAddress(type)) return false;
    const name = this.#reader.pointer(type + this.#layout.typeObject.name);
    if (readCString(this.#reader, name) !== "code") return false;
    this.#codeType = type;
    return true;
  }
}
