/** Input that is not what it should be: a version that is no version, or debug offsets that cannot be true. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
  /** What was wrong: `version.minor`, `thread_state.next`. */
  readonly field: string;
  /** The value found. */
  readonly value: number | string;
  /** What would have been right: `at most 304`. */
  readonly expected: string;

  constructor(field: string, value: number | string, expected: string) {
    super(`${field} is ${value}, expected ${expected}`);
    this.field = field;
    this.value = value;
    this.expected = expected;
  }
}
