import { accessRule, hasSameIds, isReadable, works } from "./access-rule.ts";
import { blocked, type Check, notApplicable, ok, unknown } from "./check.ts";
import { readingRule, ruleOf } from "./explain.ts";
import type { Facts } from "./facts.ts";
import { includesAll } from "./process-status.ts";
import type { RuleCode } from "./rules.ts";

export function checkExistence({ target }: Facts): Check | undefined {
  if (!target) return undefined;
  const { existence, process, executable, pid } = target;
  if (existence === "none") return blocked("Process", `no process ${pid}`, "no-such-process");
  if (existence === "hidden") return blocked("Process", `${pid} exists, but /proc does not show it`, "hidepid");
  if (existence === "zombie") return blocked("Process", `${pid} has ended`, "zombie");
  const group = process?.status.threadGroup;
  const thread = group === undefined || group === pid ? "" : `, a thread of process ${group}`;
  return ok("Process", `${pid} runs: ${executable === "" ? (process?.status.name ?? "?") : executable}${thread}`);
}

export function checkOwner(facts: Facts): Check | undefined {
  const self = facts.linux?.self;
  const process = facts.target?.process;
  if (!self || !process) return undefined;
  const [user, , savedUser] = process.status.users;
  const [group] = process.status.groups;
  const fact = `user ${user}${savedUser === user ? "" : ` (saved ${savedUser})`}, group ${group}; pyspy: user ${self.status.users[0]}, group ${self.status.groups[0]}`;
  const rule = accessRule(facts);
  if (rule === "other-user") return blocked("Its owner", fact, rule);
  return hasSameIds(self, process) ? ok("Its owner", fact) : ok("Its owner", `${fact}${isReadable(facts.target!) ? " (privileged)" : ""}`);
}

export function checkDumpable(facts: Facts): Check | undefined {
  const process = facts.target?.process;
  if (!process) return undefined;
  if (process.dumpable === undefined) return unknown("Dumpable", "not told of root's processes");
  if (accessRule(facts) === "not-dumpable") return blocked("Dumpable", "no", "not-dumpable");
  return ok("Dumpable", process.dumpable ? "yes" : "no");
}

export function checkCapabilities(facts: Facts): Check | undefined {
  const self = facts.linux?.self;
  const process = facts.target?.process;
  if (!self || !process) return undefined;
  const fact = includesAll(self.status.permitted, process.status.permitted) ? "no more than pyspy's" : "more than pyspy's";
  return accessRule(facts) === "more-capabilities" ? blocked("Its capabilities", fact, "more-capabilities") : ok("Its capabilities", fact);
}

export function checkTracer({ target }: Facts): Check | undefined {
  const process = target?.process;
  if (!process) return undefined;
  const { tracer } = process.status;
  return tracer === 0 ? ok("Its tracer", "none") : blocked("Its tracer", `process ${tracer}`, "traced");
}

export function checkMemory(facts: Facts): Check | undefined {
  const { target } = facts;
  if (!target?.processVmReadv || !target.memoryFile) return undefined;
  if (works(target.processVmReadv)) return ok("Its memory", "read with process_vm_readv");
  if (works(target.memoryFile)) return ok("Its memory", "read through /proc/PID/mem");
  const fact = target.memoryFile.works ? "" : target.memoryFile.message;
  const rule = readingRule(facts);
  return rule ? blocked("Its memory", fact, rule) : unknown("Its memory", fact);
}

export function checkPython(facts: Facts): Check | undefined {
  const python = facts.target?.python;
  if (!python) return facts.target && notApplicable("Python", "the process cannot be looked at");
  if (python.found) return ok("Python", `${python.version}, by ${python.strategy} in ${python.image}`);
  const rule: RuleCode | undefined = python.code === "permission-denied" ? readingRule(facts) : ruleOf(python.code, facts, python.message);
  return rule ? blocked("Python", python.message, rule) : unknown("Python", python.message);
}
