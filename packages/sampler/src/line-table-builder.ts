import type { LineTable } from "./line-table.ts";

/** Collects ranges of a line table. */
export class LineTableBuilder {
  readonly #ends: number[] = [];
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];

  add(end: number, line: number, column: number): void {
    this.#ends.push(end);
    this.#lines.push(possible(line));
    this.#columns.push(possible(column));
  }

  finish(): LineTable {
    return {
      ends: Int32Array.from(this.#ends),
      lines: Int32Array.from(this.#lines),
      columns: Int32Array.from(this.#columns),
    };
  }
}

/** Tables that are garbage lead anywhere: 0, which is "none", for numbers that no line or column has. */
function possible(position: number): number {
  return position > 0 && position < 2 ** 31 ? position : 0;
}

/** The end of a last range that reaches as far as the code does. */
export const NO_END = 0x7fffffff;
