import type { LocalKind, PythonFrame } from "@pyspy/sampler";
import { visible } from "./visible.ts";

/** In the order in which they are shown. py-spy has the first two; it shows no others. */
const headings: readonly (readonly [LocalKind, string])[] = [
  ["argument", "Arguments:"],
  ["local", "Locals:"],
  ["cell", "Cell variables:"],
  ["free", "Free variables:"],
];

/** Lines for the variables of a frame, to go below its own; none for a frame without. `heading` colours the headings. */
export function localsLines({ locals = [] }: PythonFrame, heading: (text: string) => string = (text) => text): string[] {
  const lines: string[] = [];
  for (const [kind, title] of headings) {
    const variables = locals.filter((variable) => variable.kind === kind);
    if (variables.length > 0) lines.push(`        ${heading(title)}`);
    for (const { name, repr } of variables) lines.push(`            ${visible(name)}: ${visible(repr)}`);
  }
  return lines;
}
