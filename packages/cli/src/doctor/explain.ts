import { accessRule, isReadable, works } from "./access-rule.ts";
import type { Facts, Outcome } from "./facts.ts";
import { type Rule, type RuleCode, RULES } from "./rules.ts";

/** A rule and what lifts it, as the lines of a message. */
function ruleText(code: RuleCode, facts: Facts): string {
  const { rule, remedy }: Rule = RULES[code];
  return `${rule(facts)}\n${remedy(facts)}`;
}

/** Why access was refused: the first rule that blocks, and the least change that lifts it. */
export function explainPermission(facts: Facts): string {
  return ruleText(permissionRule(facts), facts);
}

/** The first rule that blocks reading; where nothing does, the one that blocks stopping. */
export function permissionRule(facts: Facts): RuleCode {
  return readingRule(facts) ?? pausingRule(facts) ?? "unknown-denial";
}

/** What blocks reading the target, or any process of our own if there is no target; undefined when that works. */
export function readingRule(facts: Facts): RuleCode | undefined {
  const { linux, target } = facts;
  if (linux === undefined) return "platform-unsupported";
  const access = accessRule(facts);
  if (access !== undefined) return access;
  const tried = target ?? linux.probes;
  if (works(tried.processVmReadv) || works(tried.memoryFile)) return undefined;
  return isDenied(tried.processVmReadv) || isDenied(tried.memoryFile) ? "security-module" : undefined;
}

/** What blocks stopping a process that could be read. */
function pausingRule({ linux, target }: Facts): RuleCode | undefined {
  if (linux === undefined) return undefined;
  const { ptrace, foreignFunctions } = linux.probes;
  if (!works(foreignFunctions)) return "no-koffi";
  if (!ptrace.works && isForbidden(ptrace)) return (linux.self?.status.seccomp ?? 0) > 0 ? "seccomp-ptrace" : "no-pause";
  return target?.process && isReadable(target) && target.process.status.tracer !== 0 ? "traced" : undefined;
}

/** Advice on an error of the packages below, by its code; undefined for one that there is none for. */
export function explain(code: string, facts: Facts, message = ""): string | undefined {
  if (code === "permission-denied") return explainPermission(facts);
  const rule = ruleOf(code, facts, message);
  return rule && ruleText(rule, facts);
}

/** The rule behind an error that is not about permission. */
export function ruleOf(code: string, facts: Facts, message: string): RuleCode | undefined {
  const existence = facts.target?.existence;
  switch (code) {
    case "no-such-process":
      if (existence === "zombie") return "zombie";
      return /\bhas ended\b/.test(message) ? "target-gone" : "no-such-process";
    case "not-python":
      return facts.target?.otherPython === undefined ? "not-python" : "pypy";
    case "interpreter-not-found":
      return existence === "none" ? "target-gone" : facts.target?.otherPython === undefined ? code : "pypy";
    case "unsupported-version":
      return facts.target?.otherPython === undefined ? code : "pypy";
    case "pause-failed":
      return pausingRule(facts) ?? code;
    case "spawn-failed":
      return code;
    default:
      return undefined;
  }
}

function isForbidden({ errno }: Outcome & { works: false }): boolean {
  return errno === "EPERM" || errno === "EACCES" || errno === "ENOSYS";
}

function isDenied(outcome: Outcome | undefined): boolean {
  return outcome?.works === false && isForbidden(outcome);
}
