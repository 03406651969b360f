import { visible } from "../visible.ts";
import { explain } from "./explain.ts";
import { gatherFacts } from "./gather-facts.ts";

/**
 * Advice on an error of the packages below, by its code, its message and the process that it is about: gathers what is
 * needed for it. Undefined for a code that there is no advice on. Does not throw.
 */
export function adviceOn(code: string, message: string, pid?: number): string | undefined {
  try {
    const text = explain(code, gatherFacts({ pid }), message);
    return text?.split("\n").map(visible).join("\n");
  } catch {
    return undefined;
  }
}
