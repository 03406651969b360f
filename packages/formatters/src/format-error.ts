/** Text that is not of the format it was read as. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  /** Line of the text, from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}
