import type { Layout } from "@pyspy/layouts";
import { MemoryError, type ProcessMemory } from "@pyspy/process";
import type { CodeObject } from "../code-object.ts";
import { TargetError } from "../errors.ts";
import { type MemoryReader, pointerAt } from "../memory-reader.ts";
import { type LocalSlot, readLocalSlots } from "./local-slots.ts";
import type { LocalsOptions, LocalVariable } from "./local-variable.ts";
import { ValueText } from "./value-text.ts";

const TAG_BITS = 4;
const SMALL_INT = 3;
const ERROR = 2;

/**
 * Reads the variables of frames while the process is stopped: what was read once is taken as unchanged, so a reader is
 * for one stop.
 */
export class LocalsReader {
  readonly #layout: Layout;
  readonly #reader: MemoryReader;
  readonly #values: ValueText;
  readonly #limit: number;
  readonly #slots = new Map<number, readonly LocalSlot[]>();
  /** Texts by address: recursive functions hold the same objects again and again. */
  readonly #texts = new Map<number, string>();

  constructor(memory: ProcessMemory, layout: Layout, { limit }: LocalsOptions) {
    this.#layout = layout;
    this.#values = new ValueText(memory, layout);
    this.#reader = this.#values.reader;
    this.#limit = limit;
  }

  /**
   * The variables that have a value, arguments first; `undefined` when the frame or its code cannot be read. Throws
   * `ProcessError` when the process is gone.
   */
  read(frame: number, code: CodeObject): LocalVariable[] | undefined {
    try {
      return this.#read(frame, this.#slotsOf(code));
    } catch (error) {
      if (error instanceof TargetError || error instanceof MemoryError) return undefined;
      throw error;
    }
  }

  #read(frame: number, slots: readonly LocalSlot[]): LocalVariable[] {
    const { pointerSize, interpreterFrame } = this.#layout;
    const count = slots.reduce((most, { index, cellIndex }) => Math.max(most, index + 1, (cellIndex ?? -1) + 1), 0);
    if (count === 0) return [];
    const view = this.#reader.view(frame + interpreterFrame.localsplus, count * pointerSize);
    const variables: LocalVariable[] = [];
    for (const slot of slots) {
      const wordAt = (index: number) => pointerAt(view, index * pointerSize, pointerSize);
      // 2.7 leaves what was passed in the argument's own slot; later ones empty it.
      const cell = slot.cellIndex === undefined ? 0 : wordAt(slot.cellIndex);
      const variable = this.#variable(slot, cell || wordAt(slot.index), cell !== 0 || slot.isCell);
      if (variable) variables.push(variable);
    }
    return variables;
  }

  #variable({ name, kind }: LocalSlot, word: number, isCell: boolean): LocalVariable | undefined {
    const tag = this.#layout.traits.stackReferences === "tagged" ? word % TAG_BITS : 0;
    // An int without an object; from 3.14 on a slot can hold one.
    if (tag === SMALL_INT) return { name, kind, address: 0, repr: String(Math.floor(word / TAG_BITS)) };
    if (tag === ERROR) return undefined;
    const object = word - tag;
    const address = isCell ? this.#content(object) : object;
    return address === 0 ? undefined : { name, kind, address, repr: this.#text(address) };
  }

  /** What is in a cell. A function that has not begun yet has the argument itself there. */
  #content(object: number): number {
    if (object === 0) return 0;
    try {
      if (this.#values.types.of(object).staticNames[0] !== "cell") return object;
      return this.#reader.pointer(object + this.#layout.cellObject.value);
    } catch (error) {
      if (error instanceof TargetError || error instanceof MemoryError) return object;
      throw error;
    }
  }

  #text(address: number): string {
    const known = this.#texts.get(address);
    if (known !== undefined) return known;
    const text = this.#values.of(address, this.#limit);
    this.#texts.set(address, text);
    return text;
  }

  #slotsOf({ id, address }: CodeObject): readonly LocalSlot[] {
    const known = this.#slots.get(id);
    if (known) return known;
    const slots = readLocalSlots(this.#reader, this.#layout, address);
    this.#slots.set(id, slots);
    return slots;
  }
}
