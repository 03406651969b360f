import type { Facts } from "./facts.ts";
import type { RuleCode } from "./rules.ts";

/** One line of the doctor's table. */
export interface Check {
  readonly name: string;
  readonly state: CheckState;
  /** What was seen. */
  readonly fact: string;
  /** What blocks; only with the state "blocked". */
  readonly rule?: RuleCode;
}

export type CheckState = "ok" | "blocked" | "not applicable" | "unknown";

/** Looks at facts that were gathered; undefined where it makes no sense, as for a platform that is not this one. */
export type CheckFunction = (facts: Facts) => Check | undefined;

export function ok(name: string, fact: string): Check {
  return { name, state: "ok", fact };
}

export function blocked(name: string, fact: string, rule: RuleCode): Check {
  return { name, state: "blocked", fact, rule };
}

export function notApplicable(name: string, fact: string): Check {
  return { name, state: "not applicable", fact };
}

export function unknown(name: string, fact: string): Check {
  return { name, state: "unknown", fact };
}
