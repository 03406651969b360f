import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ProcessMemory } from "@pyspy/process";
import { readDict } from "./dict-object.ts";
import { TargetError } from "./errors.ts";
import { readInstanceDict } from "./instance-dict.ts";
import { readIndex } from "./int-object.ts";
import type { Interpreter } from "./interpreters.ts";
import { isObjectAddress, MemoryReader } from "./memory-reader.ts";
import { readString } from "./python-string.ts";
import { PageCache } from "./values/page-cache.ts";

/** Names are read again at most this often: a thread without one may not have been registered yet. */
const RETRY_MS = 100;

/** Names that each interpreter's `threading` module knows, by thread id; read when a thread without one is asked for. */
export class ThreadNames {
  readonly #layout: Layout;
  readonly #memory: ProcessMemory;
  #reader: MemoryReader;
  readonly #names = new Map<number, ReadonlyMap<number, string>>();
  readonly #readAt = new Map<number, number>();

  constructor(layout: Layout, reader: MemoryReader) {
    this.#layout = layout;
    this.#memory = reader.memory;
    this.#reader = reader;
  }

  /**
   * The name of the thread that has had that id `since` then (`performance.now()`); "" when `threading` is not imported
   * or does not know the thread (yet).
   */
  nameOf(interpreter: Interpreter, threadId: number, since: number): string {
    const readAt = this.#readAt.get(interpreter.address) ?? Number.NEGATIVE_INFINITY;
    const name = readAt > since ? this.#names.get(interpreter.address)?.get(threadId) : undefined;
    if (name !== undefined) return name;
    const now = performance.now();
    if (now - readAt < RETRY_MS) return "";
    this.#readAt.set(interpreter.address, now);
    // The names of all modules are read for the place of one, and they lie close together.
    this.#reader = new MemoryReader(new PageCache(this.#memory), this.#layout.pointerSize);
    const names = this.#read(interpreter);
    this.#names.set(interpreter.address, names);
    return names.get(threadId) ?? "";
  }

  /** `sys.modules["threading"].__dict__["_active"]`, a dict of Thread objects by id; their `_name`. */
  #read(interpreter: Interpreter): Map<number, string> {
    const names = new Map<number, string>();
    const modules = this.#orUndefined(() => this.#reader.pointer(interpreter.address + this.#layout.interpreterState.importsModules));
    const threading = modules && this.#item(modules, "threading");
    const active = threading && this.#item(this.#moduleDict(threading), "_active");
    if (!active) return names;
    for (const { key, value } of this.#orUndefined(() => readDict(this.#reader, this.#layout, active)) ?? []) {
      if (!isObjectAddress(key) || !isObjectAddress(value)) continue;
      // Threads come and go meanwhile: one that cannot be read has no name.
      this.#orUndefined(() => names.set(readIndex(this.#reader, this.#layout, key), this.#threadName(value)));
    }
    return names;
  }

  #moduleDict(module: number): number {
    return this.#orUndefined(() => this.#reader.pointer(module + this.#layout.moduleObject.dict)) ?? 0;
  }

  #item(dict: number, name: string): number | undefined {
    const entries = this.#orUndefined(() => readDict(this.#reader, this.#layout, dict)) ?? [];
    return entries.find(({ key, value }) => isObjectAddress(value) && this.#isString(key, name))?.value;
  }

  #threadName(thread: number): string {
    const attribute = this.#layout.traits.strings === "bytes" ? "_Thread__name" : "_name";
    const entry = readInstanceDict(this.#reader, this.#layout, thread).find(({ key }) => this.#isString(key, attribute));
    return entry && isObjectAddress(entry.value) ? readString(this.#reader, this.#layout, entry.value) : "";
  }

  #isString(key: number, text: string): boolean {
    return isObjectAddress(key) && this.#orUndefined(() => readString(this.#reader, this.#layout, key)) === text;
  }

  #orUndefined<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof TargetError || error instanceof MemoryError) return undefined;
      throw error;
    }
  }
}
