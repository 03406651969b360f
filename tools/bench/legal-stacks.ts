import type { Python } from "@pyspy/sampler";
import type { LegalFrame, Ready } from "@pyspy/test-fixtures";

const SAMPLES = 10_000;

/** Takes samples and tells which share of the exact stacks are among those that the program says exist. */
export function legalShare(python: Python, legal: NonNullable<Ready["legal"]>): number {
  const known = new Map<string, boolean>();
  let exact = 0;
  let found = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (const { outcome, stack } of python.sample("never")) {
      if (outcome !== "exact") continue;
      exact++;
      const key = `${stack.codes.subarray(0, stack.depth)}:${stack.instructions.subarray(0, stack.depth)}`;
      let isLegal = known.get(key);
      if (isLegal === undefined) known.set(key, (isLegal = isOneOf(legal, resolve(python, stack))));
      if (isLegal) found++;
    }
  }
  return exact === 0 ? 0 : found / exact;
}

type Stack = ReturnType<Python["sample"]>[number]["stack"];
type Frame = NonNullable<ReturnType<Python["frames"]["resolve"]>>;

function resolve(python: Python, stack: Stack): readonly Frame[] {
  const frames: Frame[] = [];
  for (let index = stack.depth - 1; index >= 0; index--) {
    const frame = python.frames.resolve(stack.codes[index] as number, stack.instructions[index] as number);
    if (frame) frames.push(frame);
  }
  return frames;
}

function isOneOf(legal: readonly (readonly LegalFrame[])[], frames: readonly Frame[]): boolean {
  return legal.some(
    (stack) =>
      stack.length === frames.length &&
      stack.every(({ name, file, lines }, index) => {
        const frame = frames[index];
        return frame?.name === name && frame.file === file && lines.includes(frame.line);
      }),
  );
}
