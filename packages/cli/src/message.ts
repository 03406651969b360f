/** Says something to the user beside the output: on stderr, so that the output can go to a pipe. */
export function message(text: string): void {
  process.stderr.write(`${text}\n`);
}
