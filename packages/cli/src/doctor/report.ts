import type { Style } from "../style.ts";
import { visible } from "../visible.ts";
import type { CheckState } from "./check.ts";
import type { Examination } from "./examine.ts";
import type { Facts } from "./facts.ts";
import { type Rule, RULES } from "./rules.ts";

const GAP = "  ";

/** The table: a line for each check; under one that is blocked, the rule, and under that what lifts it. */
export function report(facts: Facts, { checks, verdict }: Examination, style: Style): string {
  const names = Math.max(...checks.map(({ name }) => name.length));
  const states = "not applicable".length;
  const indent = " ".repeat(names + states + 2 * GAP.length);
  const told = new Set<string>();
  const lines = checks.flatMap(({ name, state, fact, rule }) => {
    const [first = "", ...more] = fact.split("\n").map(visible);
    const head = [name.padEnd(names), paint(style, state)(state.padEnd(states)), first].join(GAP);
    const seen = [head, ...more.map((line) => indent + line)];
    if (rule === undefined || told.has(rule)) return seen;
    told.add(rule);
    return [...seen, ...advice(RULES[rule], facts, indent, style)];
  });
  return `${[...lines, "", style.bold(verdict)].join("\n")}\n`;
}

function advice({ rule, remedy }: Rule, facts: Facts, indent: string, style: Style): string[] {
  const labelled = (label: string, text: string) => text.split("\n").map((line, index) => `${indent}${style.dim((index === 0 ? label : "").padEnd(8))}${visible(line)}`);
  return [...labelled("rule", rule(facts)), ...labelled("remedy", remedy(facts))];
}

function paint(style: Style, state: CheckState): (text: string) => string {
  if (state === "blocked") return style.pid;
  return state === "ok" ? style.name : style.dim;
}
