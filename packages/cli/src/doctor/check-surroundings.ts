import { accessRule, FIRST_PID_NAMESPACE, isFirstUserNamespace, userNamespaceOf } from "./access-rule.ts";
import { blocked, type Check, notApplicable, ok, unknown } from "./check.ts";
import type { Facts } from "./facts.ts";

export function checkContainer({ linux }: Facts): Check | undefined {
  if (!linux) return undefined;
  const { container } = linux;
  if (!container) return notApplicable("Container", "none seen");
  return ok("Container", container.kind === "other" ? container.evidence : `${container.kind} (${container.evidence})`);
}

export function checkUserNamespace(facts: Facts): Check | undefined {
  const name = "User namespace";
  if (!facts.linux) return undefined;
  const { self } = facts.linux;
  if (self?.userNamespace === undefined && self?.userMap === undefined) return unknown(name, "not told by /proc");
  const own = isFirstUserNamespace(self) ? "the machine's own" : `not the machine's own (${self.userMap?.replaceAll("\n", ", ") ?? self.userNamespace}): capabilities count only within`;
  const { process } = facts.target ?? {};
  const fact = process ? `${own}; the process: ${PLACES[userNamespaceOf(self, process)]}` : own;
  return accessRule(facts) === "user-namespace" ? blocked(name, fact, "user-namespace") : ok(name, fact);
}

const PLACES = { same: "in the same", below: "in the same or one below", outside: "outside of it", unknown: "not shown" };

export function checkPidNamespace({ linux, target }: Facts): Check | undefined {
  const name = "Pid namespace";
  if (!linux) return undefined;
  const own = linux.self?.pidNamespace;
  if (own === undefined) return unknown(name, "not told by /proc");
  const inner = target?.process?.status.namespacePids.slice(1) ?? [];
  const process = inner.length === 0 ? "" : `; the process is in one below, as pid ${inner.at(-1)}`;
  return ok(name, own === FIRST_PID_NAMESPACE ? `the machine's own${process}` : `not the machine's own: only processes within are seen${process}`);
}

export function checkProc({ linux, target }: Facts): Check | undefined {
  if (!linux) return undefined;
  if (!linux.self) return blocked("/proc", "not mounted, or not of this pid namespace", "no-proc");
  const fact = linux.hidepid === "0" ? "shows all processes" : `hidepid=${linux.hidepid}`;
  return target?.existence === "hidden" ? blocked("/proc", fact, "hidepid") : ok("/proc", fact);
}
