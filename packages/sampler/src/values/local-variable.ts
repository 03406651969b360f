/** A variable of a call that had a value when it was read. */
export interface LocalVariable {
  /** As in `co_varnames`, `co_cellvars` or `co_freevars`; "?" when it cannot be read. */
  readonly name: string;
  /**
   * `argument`: positional, keyword-only, `*args` and `**kwargs`, also where an inner function uses it too. `cell`: a
   * variable of this function that an inner function uses too. `free`: a variable of a function around this one.
   */
  readonly kind: LocalKind;
  /** Address of the value's object; of a cell's or free variable's content. */
  readonly address: number;
  /** The value as text, see `ValueText`. */
  readonly repr: string;
}

export type LocalKind = "argument" | "local" | "cell" | "free";

export interface LocalsOptions {
  /** Characters that one value's text should not exceed by much; below 6 every value is "...". */
  readonly limit: number;
}
